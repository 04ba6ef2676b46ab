//! An address of an outside monitor, asked while all is well. It is told nothing but that.

use url::Url;

use super::{
    built::Built,
    http::{Http, Times},
};

/// The address, and how it is asked.
#[derive(Clone)]
pub struct Heartbeat {
    http: Http,
    url: Url,
    method: &'static str,
}

impl Heartbeat {
    /// Reads the address; the error never repeats it, for it may hold a secret.
    pub fn new(url: &str, method: &str) -> anyhow::Result<Self> {
        let url: Url = url.parse().map_err(|_| anyhow::anyhow!("the address is not a URL"))?;
        anyhow::ensure!(
            matches!(url.scheme(), "http" | "https") && url.host_str().is_some(),
            "give an http:// or https:// address"
        );
        let method = match method.to_ascii_uppercase().as_str() {
            "GET" => "GET",
            "POST" => "POST",
            _ => anyhow::bail!("it is asked by GET or POST"),
        };
        Ok(Self {
            http: Http::new(Times::default())?,
            url,
            method,
        })
    }

    /// Asks once; why it was not heard, without the address.
    pub async fn beat(&self) -> Result<(), String> {
        let built = Built {
            method: self.method.to_owned(),
            url: self.url.clone(),
            headers: Vec::new(),
            body: String::new(),
        };
        match self.http.ask(&built).await {
            Ok(answer) if (200..300).contains(&answer.status) => Ok(()),
            Ok(answer) => Err(format!("answered {}", answer.status)),
            Err(fault) => Err(fault.to_string()),
        }
    }
}
