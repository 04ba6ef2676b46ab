//! Rings the telephones of the configuration, by the gateways of the configuration alone: no database is asked.

use std::time::Duration;

use anyhow::Context;
use casework::{
    typed::phone::Dialled,
    words::{Channel, Urgency},
};
use tokio::time::sleep;
use tracing::{error, warn};

use crate::{
    gateway::{Address, Gateways, Outcome},
    run::config::Config,
    text::Lang,
};

/// Tries of a ring that no gateway took, and the distance between them. The next ring follows anyhow.
const TRIES: usize = 6;
const PAUSE: Duration = Duration::from_secs(10);

/// What is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// Something stands still: call and message, urgent.
    Trouble,
    /// It is well again: one message.
    Well,
}

impl Said {
    /// The value of a parameter of templates. None is ever empty.
    fn parameter(self, county: &str, name: &str) -> Option<String> {
        Some(match name {
            "office" => county.to_owned(),
            "urgency" => {
                let urgency = match self {
                    Self::Trouble => Urgency::P1,
                    Self::Well => Urgency::P3,
                };
                let key = format!("words.urgency.{}", urgency.as_str().to_lowercase());
                Lang::Zh.t(&key).to_owned()
            }
            "count" => "1".to_owned(),
            "tail" => Lang::Zh.t("call.tail-of-several").to_owned(),
            "what" => {
                let key = match self {
                    Self::Trouble => "call.system",
                    Self::Well => "call.system-well",
                };
                Lang::Zh.t(key).to_owned()
            }
            _ => return None,
        })
    }
}

/// Whom to ring, and by what.
#[derive(Clone)]
pub(super) struct Alarm {
    phones: Vec<Dialled>,
    gateways: Gateways,
    /// Who rings: the county's name by the configuration, for the pack stands in the database; its code where none is set.
    county: String,
}

impl Alarm {
    /// Reads the numbers. An error says which one is wrong, never the number.
    pub(super) fn new(config: &Config, gateways: Gateways) -> anyhow::Result<Self> {
        let mut phones = Vec::new();
        for (key, typed) in [
            ("watch.office (SHOUWANG_WATCH_OFFICE)", &config.watch.office),
            ("watch.it (SHOUWANG_WATCH_IT)", &config.watch.it),
        ] {
            for (nth, number) in typed
                .split([',', '，'])
                .map(str::trim)
                .filter(|n| !n.is_empty())
                .enumerate()
            {
                let dialled = Dialled::read(number).with_context(|| format!("{key}: number {}", nth + 1))?;
                if !phones.contains(&dialled) {
                    phones.push(dialled);
                }
            }
        }
        if phones.is_empty() {
            warn!("watch.office and watch.it are not set: nobody is rung when a service stands still");
        } else if gateways.iter().next().is_none() {
            warn!("gateways.file (SHOUWANG_GATEWAYS) is not set: the numbers of [watch] can't be rung");
        }
        Ok(Self {
            phones,
            gateways,
            county: match config.watch.name.trim() {
                "" => config.county.clone(),
                name => name.to_owned(),
            },
        })
    }

    /// Rings every number under an id that is the same for every watcher, until somebody's gateway took it.
    pub(super) async fn ring(self, said: Said, id: String) {
        if self.phones.is_empty() || self.gateways.iter().next().is_none() {
            return;
        }
        for attempt in 1..=TRIES {
            let mut taken = 0;
            for (nth, phone) in self.phones.iter().enumerate() {
                taken += self.number(said, phone, &format!("{id}-{}", nth + 1)).await;
            }
            if taken > 0 {
                metrics::counter!("shouwang_watch_rings_total", "outcome" => "taken").increment(1);
                return;
            }
            metrics::counter!("shouwang_watch_rings_total", "outcome" => "refused").increment(1);
            error!(id, attempt, "no gateway takes the ring of the watchdog");
            sleep(PAUSE).await;
        }
    }

    /// By voice and by message, each by the first gateway that takes it; how many did.
    async fn number(&self, said: Said, phone: &Dialled, id: &str) -> usize {
        let ways = match said {
            Said::Trouble => [Channel::Voice, Channel::Sms].as_slice(),
            Said::Well if phone.takes_messages() => &[Channel::Sms],
            Said::Well => &[Channel::Voice],
        };
        let mut taken = 0;
        for way in ways {
            if *way == Channel::Sms && !phone.takes_messages() {
                continue;
            }
            taken += usize::from(self.by(*way, said, (phone, id)).await);
        }
        taken
    }

    async fn by(&self, way: Channel, said: Said, (phone, id): (&Dialled, &str)) -> bool {
        let to = Address::Phone(phone.clone());
        for gateway in self.gateways.of(way) {
            let parameter = |name: &str| said.parameter(&self.county, name);
            match gateway.fill(&parameter, &to, id).await {
                Outcome::HandedOver(_) => {
                    warn!(id, gateway = gateway.name(), ?said, "the watchdog rang");
                    return true;
                }
                Outcome::Later(why) | Outcome::Busy(why) | Outcome::Never(why) => {
                    warn!(
                        id,
                        gateway = gateway.name(),
                        why,
                        "a gateway did not take the ring of the watchdog"
                    );
                }
            }
        }
        false
    }
}
