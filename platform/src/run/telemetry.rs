//! Logs to standard error and metrics for Prometheus.
//!
//! Invariant 8: no personal data in either. Fields carry ids, codes and counts; never text that a reporter typed.

mod lines;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use self::lines::Lines;
use crate::run::config::Log;

/// Logging, while it lives; at its end the last lines have a moment to get out.
#[must_use = "the last lines are written when this is dropped"]
pub struct Logs(Lines);

impl Drop for Logs {
    fn drop(&mut self) {
        self.0.flush();
    }
}

/// Starts logging as the configuration asks. Call once, before anything else.
pub fn start_logs(log: &Log) -> anyhow::Result<Logs> {
    let filter = EnvFilter::try_new(&log.filter)
        .map_err(|e| anyhow::anyhow!("log.filter (SHOUWANG_LOG) = {:?} is not a filter: {e}", log.filter))?;
    let lines = Lines::start(std::io::stderr())?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // Of a failed write it would tell by `eprintln!`, which panics when that fails too.
        .log_internal_errors(false)
        .with_writer(lines.clone());
    match log.format.as_str() {
        "json" => builder.json().flatten_event(true).init(),
        "pretty" => builder.with_ansi(false).init(),
        other => anyhow::bail!("log.format (SHOUWANG_LOG_FORMAT) is {other:?}: use \"json\" or \"pretty\""),
    }
    std::panic::set_hook(Box::new(panicked));
    Ok(Logs(lines))
}

/// A panic is a line like any other: the default hook would wait for a standard error that nobody reads.
fn panicked(panic: &std::panic::PanicHookInfo<'_>) {
    let at = panic.location().map(ToString::to_string).unwrap_or_default();
    tracing::error!(at, why = panic.payload_as_str().unwrap_or_default(), "panic");
}

/// Installs the metrics recorder; its handle renders `/metrics`.
pub fn start_metrics() -> anyhow::Result<PrometheusHandle> {
    Ok(PrometheusBuilder::new()
        .set_buckets(&[
            0.001, 0.0025, 0.004, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
        ])?
        .install_recorder()?)
}

/// An error with all its causes in one line, for a log.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}
