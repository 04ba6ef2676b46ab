//! The way of a log line to standard error. Whatever becomes of it, the service works on: a full disk, a closed pipe or a
//! reader that hangs costs lines, never a panic and never a wait.
//!
//! A thread writes what a bounded queue holds; where the queue is full or the write fails the line is dropped and counted
//! (`shouwang_log_lines_lost_total`).

use std::{
    io::{ErrorKind, Write},
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
    time::Duration,
};

use tracing_subscriber::fmt::MakeWriter;

/// Lines between the service and the thread: a burst at start or in an outage, some megabytes at the most.
const WAITING: usize = 8192;
/// A reader that is only slow has this long for one line, looked at so often.
const SLOW: Duration = Duration::from_secs(1);
const LOOK: Duration = Duration::from_millis(20);
/// At the end of the process, for what is still in the queue.
const LAST_WORDS: Duration = Duration::from_secs(2);

enum Work {
    Line(Vec<u8>),
    /// Everything before this is written when the sender is dropped.
    Flush(#[expect(dead_code, reason = "dropped, not read")] SyncSender<()>),
}

/// The queue's entry; cloning shares it.
#[derive(Clone)]
pub(super) struct Lines(SyncSender<Work>);

impl Lines {
    /// Starts the thread.
    pub(super) fn start(to: impl Write + Send + 'static) -> std::io::Result<Self> {
        let (enter, queue) = sync_channel(WAITING);
        thread::Builder::new()
            .name("log lines".into())
            .spawn(move || work(&queue, to))?;
        Ok(Self(enter))
    }

    /// Waits a moment for what was said so far.
    pub(super) fn flush(&self) {
        let (done, heard) = sync_channel(0);
        if self.0.try_send(Work::Flush(done)).is_ok() {
            _ = heard.recv_timeout(LAST_WORDS);
        }
    }
}

fn work(queue: &Receiver<Work>, mut to: impl Write) {
    while let Ok(work) = queue.recv() {
        if let Work::Line(line) = work
            && !written(&mut to, &line)
        {
            lost();
        }
    }
}

fn written(to: &mut impl Write, mut line: &[u8]) -> bool {
    let mut waited = Duration::ZERO;
    while !line.is_empty() {
        match to.write(line) {
            Ok(0) => return false,
            Ok(n) => line = &line[n..],
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) if e.kind() == ErrorKind::WouldBlock && waited < SLOW => {
                thread::sleep(LOOK);
                waited += LOOK;
            }
            Err(_) => return false,
        }
    }
    true
}

fn lost() {
    metrics::counter!("shouwang_log_lines_lost_total").increment(1);
}

impl Write for Lines {
    /// The subscriber writes a whole line at once.
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        if self.0.try_send(Work::Line(line.to_vec())).is_err() {
            lost();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// Takes `good` writes, then answers `then` to each.
    struct Sink {
        good: usize,
        then: ErrorKind,
        got: Arc<Mutex<Vec<u8>>>,
    }

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            if self.good == 0 {
                self.good = usize::from(self.then == ErrorKind::WouldBlock);
                return Err(self.then.into());
            }
            self.good -= 1;
            // Short writes, as pipes make them.
            let n = bytes.len().min(3);
            self.got.lock().unwrap().extend(&bytes[..n]);
            Ok(n)
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn said(good: usize, then: ErrorKind) -> String {
        let got = Arc::default();
        let mut lines = Lines::start(Sink {
            good,
            then,
            got: Arc::clone(&got),
        })
        .unwrap();
        for line in ["one line\n", "another\n"] {
            lines.write_all(line.as_bytes()).unwrap();
        }
        Lines::flush(&lines);
        let bytes = got.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn lines_arrive_whole_and_a_slow_reader_is_waited_for() {
        assert_eq!(said(usize::MAX, ErrorKind::Other), "one line\nanother\n");
        assert_eq!(said(1, ErrorKind::WouldBlock), "one line\nanother\n");
    }

    #[test]
    fn a_reader_that_fails_costs_lines_and_nothing_else() {
        for kind in [ErrorKind::StorageFull, ErrorKind::BrokenPipe, ErrorKind::Other] {
            assert_eq!(said(0, kind), "");
            assert_eq!(said(3, kind), "one line\n");
        }
    }

    #[test]
    fn a_reader_that_hangs_holds_nobody_up() {
        struct Hangs;
        impl Write for Hangs {
            fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
                thread::park();
                Ok(0)
            }

            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let mut lines = Lines::start(Hangs).unwrap();
        for _ in 0..WAITING * 2 {
            lines.write_all(b"a line\n").unwrap();
        }
    }
}
