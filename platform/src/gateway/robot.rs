//! The robot of a group chat (企业微信, 钉钉, 飞书), as a file of the operator describes it: `[[robot]]` beside the gateways.
//!
//! It says the words of a message to whoever reads the group, and nobody is reached by it: no ring asks for one, none is answered by it,
//! and none goes on because of it.

use std::sync::Arc;

use anyhow::{Context, ensure};

use crate::run::config;

use super::{
    Outcome, Words,
    describe::{File, Kind, RobotDescription},
    fill::Known,
    http::{Http, Times},
    judge::plain,
    load, moment, request,
};

/// A robot that is ready.
pub struct Robot {
    description: RobotDescription,
    known: Known,
    http: Http,
}

/// All robots of a file.
#[derive(Clone, Default)]
pub struct Robots(Vec<Arc<Robot>>);

impl Robots {
    /// Those of the configured file; none where none is named.
    pub fn configured(config: &config::Gateways) -> anyhow::Result<Self> {
        load::configured(config, Self::parse)
    }

    /// `files` allows descriptions that only write into a folder.
    pub(super) fn parse(text: &str, files: bool) -> anyhow::Result<Self> {
        let file: File = toml::from_str(text)?;
        let http = Http::new(Times::default())?;
        let mut robots: Vec<Arc<Robot>> = Vec::new();
        for description in file.robot {
            let name = description.name.clone();
            ensure!(
                robots.iter().all(|robot| robot.description.name != name),
                "two robots are called {name}"
            );
            let known = examined(&description, files).with_context(|| format!("robot {name}"))?;
            robots.push(Arc::new(Robot {
                description,
                known,
                http: http.clone(),
            }));
        }
        Ok(Self(robots))
    }

    /// The one of a name.
    pub fn named(&self, name: &str) -> Option<&Arc<Robot>> {
        self.0.iter().find(|robot| robot.description.name == name)
    }

    /// All.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Robot>> {
        self.0.iter()
    }
}

impl Robot {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.description.name
    }

    /// Of which unit's group; none: the office's.
    pub fn unit(&self) -> Option<&str> {
        self.description.unit.as_deref()
    }

    /// Says it to the group. No number is known here.
    pub async fn say(&self, words: &Words, id: &str) -> Outcome {
        let known = |name: &str| match name {
            "id" => Some(id.to_owned()),
            _ => words.parameter(name),
        };
        let send = match (&self.description.kind, &self.description.send) {
            (Kind::File { dir }, _) => {
                return super::file(dir, &super::said(&|name| words.parameter(name)), None, id).await;
            }
            (Kind::Http, Some(send)) => send,
            (Kind::Http, None) => return Outcome::Never("nothing says how to send".into()),
        };
        let built = match request::build(send, &self.known.with(&known), moment()) {
            Ok(built) => built,
            Err(e) => return Outcome::Never(e.to_string()),
        };
        match self.http.ask(&built).await {
            Ok(answer) => self.description.answer.judge(&answer),
            Err(fault) => Outcome::Later(plain(&fault.to_string())),
        }
    }
}

/// Reads the secrets of a description, and tries whether everything in it can be said.
fn examined(description: &RobotDescription, files: bool) -> anyhow::Result<Known> {
    load::named(&description.name)?;
    let known = Known::new(description.values.clone(), load::secrets(&description.secrets)?);
    load::reached(&description.kind, description.send.as_ref(), files).context("[robot.send]")?;
    // Whatever a group may be told.
    let told =
        |name: &str| matches!(name, "id" | "office" | "urgency" | "count" | "tail" | "what").then(|| "1".to_owned());
    if let Some(send) = &description.send {
        load::sound(send, &known, &told).context("[robot.send]")?;
    }
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_told_no_number_and_no_link() {
        let good = "[[robot]]\nname = \"g\"\n[robot.send]\nurl = \"https://g.example/\"\n";
        assert!(Robots::parse(good, false).is_ok_and(|robots| robots.named("g").is_some_and(|g| g.unit().is_none())));
        for (wrong, why) in [
            (
                format!("{good}json = {{ to = \"{{number}}\" }}\n"),
                "nothing is known of {number}",
            ),
            (
                format!("{good}json = {{ to = \"{{link}}\" }}\n"),
                "nothing is known of {link}",
            ),
            (good.replace("https", "http"), "write https://"),
            (format!("{good}{good}"), "two robots"),
            ("[[robot]]\nname = \"g\"\nchannel = \"sms\"\n".into(), "unknown field"),
        ] {
            let said = format!("{:#}", Robots::parse(&wrong, false).err().expect("refused"));
            assert!(said.contains(why), "{why}: {said}");
        }
    }
}
