//! Logs to standard error and metrics for Prometheus.
//!
//! Invariant 8: no personal data in either. Fields carry ids, codes and counts; never text that a reporter typed.

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::config::Log;

/// Starts logging as the configuration asks. Call once, before anything else.
pub fn start_logs(log: &Log) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&log.filter)
        .map_err(|e| anyhow::anyhow!("log.filter (SHOUWANG_LOG) = {:?} is not a filter: {e}", log.filter))?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match log.format.as_str() {
        "json" => builder.json().flatten_event(true).init(),
        "pretty" => builder.with_ansi(false).init(),
        other => anyhow::bail!("log.format (SHOUWANG_LOG_FORMAT) is {other:?}: use \"json\" or \"pretty\""),
    }
    Ok(())
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
