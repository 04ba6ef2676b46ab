//! One delivery: the name is asked for once, each of its addresses judged, and the connection made to one that was judged.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use tokio::time::timeout;
use url::Host;

use super::{
    reach::{Refused, Target, judge},
    secret::{Secret, headers},
};
use crate::{
    gateway::{
        built::Built,
        http::{Fault, Http, Times},
    },
    networks::Networks,
};

/// Together they stay below the lease of a post.
const TIMES: Times = Times {
    connect: Duration::from_secs(3),
    tls: Duration::from_secs(3),
    answer: Duration::from_secs(8),
    body: Duration::from_secs(1),
};
/// How long a name may take.
const NAME: Duration = Duration::from_secs(3);

/// Who says where a name leads: the machine's resolver, or a test.
type Names = Arc<dyn Fn(String, u16) -> BoxFuture<'static, std::io::Result<Vec<SocketAddr>>> + Send + Sync>;

/// Why something was not delivered. Nothing of the answer's text is in it, and no address.
#[derive(Debug, thiserror::Error)]
pub enum Undelivered {
    /// It may not be sent there.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The name could not be asked for.
    #[error("the name can't be resolved")]
    Name,
    /// No answer.
    #[error("no answer ({0})")]
    NoAnswer(&'static str),
    /// It wants to send us elsewhere.
    #[error("it answered with a redirect ({0}), which is not followed")]
    Redirect(u16),
    /// Another answer than a success.
    #[error("it answered {0}")]
    Status(u16),
}

/// Delivers to units' own systems.
#[derive(Clone)]
pub struct Sender {
    http: Http,
    allowed: Networks,
    names: Names,
}

/// What is delivered.
#[derive(Clone, Copy, Debug)]
pub struct Delivery<'a> {
    /// Where to.
    pub url: &'a str,
    /// The same with each repeat.
    pub id: &'a str,
    /// When it is sent.
    pub at: DateTime<Utc>,
    /// JSON.
    pub body: &'a str,
}

impl Sender {
    /// `allowed`: private networks that may be told.
    pub fn new(allowed: Networks) -> anyhow::Result<Self> {
        let names: Names = Arc::new(|host, port| {
            Box::pin(async move { Ok(tokio::net::lookup_host((host.as_str(), port)).await?.collect()) })
        });
        Ok(Self {
            http: Http::new(TIMES)?,
            allowed,
            names,
        })
    }

    /// Delivers. Only a 2xx says that it was taken.
    pub async fn deliver(&self, delivery: Delivery<'_>, secrets: &[Secret]) -> Result<(), Undelivered> {
        let target = Target::read(delivery.url, &self.allowed)?;
        let addresses = self.addresses(&target).await?;
        let mut fields = vec![("content-type".to_owned(), "application/json".to_owned())];
        fields.extend(headers(secrets, delivery.id, delivery.at.timestamp(), delivery.body));
        let built = Built {
            method: "POST".into(),
            url: target.url().clone(),
            headers: fields,
            body: delivery.body.to_owned(),
        };
        let told = self.http.tell(&built, &addresses).await;
        match told.map_err(|Fault { phase, .. }| Undelivered::NoAnswer(phase))? {
            200..=299 => Ok(()),
            status @ 300..=399 => Err(Undelivered::Redirect(status)),
            status => Err(Undelivered::Status(status)),
        }
    }

    async fn addresses(&self, target: &Target) -> Result<Vec<SocketAddr>, Undelivered> {
        let port = target.url().port_or_known_default().unwrap_or(443);
        let addresses = match target.url().host() {
            Some(Host::Ipv4(v4)) => vec![SocketAddr::new(v4.into(), port)],
            Some(Host::Ipv6(v6)) => vec![SocketAddr::new(v6.into(), port)],
            Some(Host::Domain(name)) => timeout(NAME, (self.names)(name.to_owned(), port))
                .await
                .map_err(|_| Undelivered::Name)?
                .map_err(|_| Undelivered::Name)?,
            None => return Err(Refused::NoUrl.into()),
        };
        let judged: Vec<_> = addresses.iter().map(SocketAddr::ip).collect();
        judge(&self.allowed, &judged)?;
        Ok(addresses)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Answers each question by the next list.
    fn sender(allowed: &str, lists: Vec<Vec<&str>>) -> (Sender, Arc<AtomicUsize>) {
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = asked.clone();
        let lists: Vec<Vec<SocketAddr>> = lists
            .into_iter()
            .map(|list| list.into_iter().map(|text| text.parse().unwrap()).collect())
            .collect();
        let names: Names = Arc::new(move |_, _| {
            let nth = counted.fetch_add(1, Ordering::SeqCst);
            let list = lists.get(nth).or(lists.last()).cloned().unwrap_or_default();
            Box::pin(async move { Ok(list) })
        });
        let mut sender = Sender::new(Networks::read(allowed).unwrap()).unwrap();
        sender.names = names;
        (sender, asked)
    }

    async fn deliver(sender: &Sender, url: &str) -> Result<(), Undelivered> {
        let delivery = Delivery {
            url,
            id: "m",
            at: DateTime::UNIX_EPOCH,
            body: "{}",
        };
        sender.deliver(delivery, &[]).await
    }

    #[tokio::test]
    async fn a_name_is_asked_for_once_and_each_address_is_judged() {
        // A listener that must never be reached.
        let trap = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let there = trap.local_addr().unwrap().to_string();
        for list in [
            vec![there.as_str()],
            vec!["8.8.8.8:443", there.as_str()],
            vec!["[::ffff:127.0.0.1]:443"],
            vec!["[fe80::1]:443"],
            vec!["100.64.0.1:443"],
            vec![],
        ] {
            let (sender, asked) = sender("", vec![list.clone()]);
            let refused = deliver(&sender, "https://oa.police.example/").await;
            assert!(matches!(refused, Err(Undelivered::Refused(_))), "{list:?}: {refused:?}");
            assert_eq!(asked.load(Ordering::SeqCst), 1);
        }
        // A name that answers otherwise the second time: the connection goes where the first answer led, and asks no second time.
        let first = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let allowed = first.local_addr().unwrap().to_string();
        let (sender, asked) = sender("127.0.0.0/8", vec![vec![allowed.as_str()], vec![there.as_str()]]);
        let taken = tokio::join!(deliver(&sender, "https://oa.police.example/"), async {
            let (stream, _) = first.accept().await.unwrap();
            drop(stream);
        });
        assert!(matches!(taken.0, Err(Undelivered::NoAnswer(_))), "{taken:?}");
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        let nobody = timeout(Duration::ZERO, trap.accept()).await;
        assert!(nobody.is_err(), "nobody came");
    }
}
