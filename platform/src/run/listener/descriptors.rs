//! File descriptors: how many this process may have, and what they are for.
//!
//! A process without a free descriptor can't accept, can't connect and can't read a file. So the limit is read at start and
//! divided: what connections to database and broker need comes first, the listeners share the rest.

use std::fs;

use tracing::warn;

use super::connections::Places;

/// Besides sockets: standard streams, epoll, eventfd, signal pipe, logs, listening sockets, files read for a moment, and one
/// connection a listener that is taken before another gives way.
const OTHER: usize = 48;
/// A service with fewer connections a listener is none.
const LEAST: usize = 32;
/// Connections of a private listener: a few probes and a scraper, each for a moment.
pub const PRIVATE: usize = 32;

/// What is left for the listeners.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Descriptors {
    left: Option<usize>,
}

/// Reads the limit and puts `own` aside: connections to databases and broker, mails under way. An error when that leaves less
/// than `listeners` need.
pub fn check(own: usize, listeners: usize) -> anyhow::Result<Descriptors> {
    divide(limit(), own, listeners)
}

fn divide(limit: Option<usize>, own: usize, listeners: usize) -> anyhow::Result<Descriptors> {
    let Some(limit) = limit else {
        return Ok(Descriptors { left: None });
    };
    let aside = own + PRIVATE + OTHER;
    let least = aside + listeners * LEAST;
    anyhow::ensure!(
        limit >= least,
        "this process may open {limit} files and needs {least}: raise the limit (`ulimit -n`, LimitNOFILE of its unit)"
    );
    Ok(Descriptors {
        left: Some(limit - aside),
    })
}

impl Descriptors {
    /// Places of two listeners that were asked for, or what the limit allows, in the same proportion.
    pub fn share(self, [first, second]: [Places; 2]) -> [Places; 2] {
        let Some(left) = self.left else { return [first, second] };
        let asked = first.connections + second.connections;
        if asked <= left {
            return [first, second];
        }
        warn!(
            asked,
            left, "the limit of open files allows fewer connections than configured (`ulimit -n`, LimitNOFILE)"
        );
        let cut = |places: Places, left: usize| Places {
            connections: places.connections.min(left),
            per_address: places.per_address.min(left),
        };
        let of_first = (left * first.connections / asked).clamp(LEAST, left - LEAST);
        [cut(first, of_first), cut(second, left - of_first)]
    }
}

/// The soft limit of this process; `None` where it is unlimited or can't be read.
fn limit() -> Option<usize> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_ours_comes_first_and_listeners_share_the_rest() {
        let places = |connections| Places {
            connections,
            per_address: 256,
        };
        let asked = [places(1024), places(512)];
        let plenty = divide(Some(65_536), 60, 2).unwrap();
        assert_eq!(plenty.share(asked), asked);
        assert_eq!(divide(None, 60, 2).unwrap().share(asked), asked);
        let few = divide(Some(400), 60, 2).unwrap();
        let [public, internal] = few.share(asked);
        assert_eq!(public.connections + internal.connections, 400 - 60 - PRIVATE - OTHER);
        assert!(public.connections > internal.connections && internal.connections >= LEAST);
        assert!(public.per_address <= public.connections && internal.per_address <= internal.connections);
        let refused = divide(Some(128), 60, 2).unwrap_err().to_string();
        assert!(refused.contains("128") && refused.contains("ulimit -n"), "{refused}");
    }

    #[test]
    fn this_process_has_a_limit() {
        assert!(limit().is_some_and(|limit| limit >= 64));
    }
}
