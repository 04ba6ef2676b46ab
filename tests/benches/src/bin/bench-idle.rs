//! `tests/bench idle`: resident memory of each idle service, and the time from its start to `/ready`.

use std::time::{Duration, Instant};

use tests::{Sample, System};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut system = System::start().await;
    for sample in Sample::ALL {
        system.file(sample.body()).await;
    }
    system.quiet(Duration::from_secs(30)).await;
    let mut words = vec!["idle".to_owned()];
    for name in ["intake-api", "router", "notifier"] {
        let service = system.service(name);
        service.stop().await;
        let begun = Instant::now();
        service.spawn();
        service.ready().await;
        let start_ms = begun.elapsed().as_millis();
        tokio::time::sleep(Duration::from_secs(5)).await;
        let status =
            std::fs::read_to_string(format!("/proc/{}/status", service.pid().expect("it runs"))).expect("/proc");
        let rss_kb: f64 = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|rest| rest.split_whitespace().next())
            .and_then(|n| n.parse().ok())
            .expect("VmRSS");
        let word = name.replace('-', "_");
        words.push(format!(
            "{word}_start_ms={start_ms} {word}_rss_mb={:.1}",
            rss_kb / 1024.0
        ));
    }
    println!("{}", words.join(" "));
}
