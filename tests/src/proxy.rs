//! A line to a server that a test can cut and mend, while the server itself runs on.

use std::{net::TcpListener, sync::Arc};

use tokio::{
    net::TcpStream,
    sync::{oneshot, watch},
};

/// The line, by one of its handles.
pub struct Proxy {
    port: u16,
    up: watch::Sender<bool>,
    // The thread ends when this is dropped.
    _ends: Arc<oneshot::Sender<()>>,
}

impl Proxy {
    /// A line to a port of 127.0.0.1, in a thread of its own.
    pub fn start(to: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port for the line");
        let port = listener.local_addr().expect("its address").port();
        listener.set_nonblocking(true).expect("a listener for tokio");
        let (up, state) = watch::channel(true);
        let (ends, mut ended) = oneshot::channel::<()>();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime for the line").block_on(async move {
                let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
                loop {
                    tokio::select! {
                        _ = &mut ended => return,
                        accepted = listener.accept() => {
                            let Ok((stream, _)) = accepted else { return };
                            tokio::spawn(carry(stream, to, state.clone()));
                        }
                    }
                }
            });
        });
        Self {
            port,
            up,
            _ends: Arc::new(ends),
        }
    }

    /// Where it begins.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Ends all that goes over it, and what comes.
    pub fn cut(&self) {
        _ = self.up.send(false);
    }

    /// Carries again what comes.
    pub fn mend(&self) {
        _ = self.up.send(true);
    }
}

async fn carry(mut near: TcpStream, to: u16, mut up: watch::Receiver<bool>) {
    if !*up.borrow_and_update() {
        return;
    }
    let Ok(mut far) = TcpStream::connect(("127.0.0.1", to)).await else {
        return;
    };
    tokio::select! {
        _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
        _ = up.wait_for(|up| !up) => {}
    }
}
