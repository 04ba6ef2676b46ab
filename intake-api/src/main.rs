//! intake-api: takes reports by web form and API, stores them durably, and relays their ids to the broker.

#![warn(clippy::print_stdout, clippy::print_stderr)]

mod commands;
mod fitting;
mod intake;
mod internal;
mod parts;
mod public;
mod serve;
mod snapshots;
mod web;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    version,
    about = casework::zh::INTAKE,
    max_term_width = 100
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the public form and API, the internal listener and the relay.
    Serve,
    /// Bring the database's schema up to date.
    Migrate {
        /// Also make a login per task and write DIR/TASK.url (0600).
        #[arg(long, value_name = "DIR")]
        logins: Option<PathBuf>,
        /// Make the database for a demo: only then `people demo` works. Refused where it was made without.
        #[arg(long)]
        demo: bool,
    },
    /// The county pack.
    #[command(subcommand)]
    Pack(Pack),
    /// Keys.
    #[command(subcommand)]
    Key(Key),
    /// Accounts.
    #[command(subcommand)]
    People(People),
    /// The trail.
    #[command(subcommand)]
    Audit(Audit),
    /// Print every internal route, one a line: method and path.
    #[command(hide = true)]
    Routes,
    /// Print every configuration key with its meaning and default, as a TOML file.
    Config,
}

#[derive(Subcommand)]
enum Pack {
    /// Check the whole pack in DIR and load it in one transaction; the same content again changes nothing.
    ///
    /// A unit that is not in the pack any more may hold open tickets: then nothing is loaded unless a successor is named for
    /// it, which takes them over.
    Load {
        /// The pack's folder, such as counties/taihe.
        dir: PathBuf,
        /// The unit that takes over the open tickets of one that left the pack. Once for each.
        #[arg(long, value_name = "OLD=NEW", value_parser = commands::successor)]
        successor: Vec<(String, String)>,
    },
}

#[derive(Subcommand)]
enum Key {
    /// Make a new master key in FILE (0600). Never overwrites.
    New {
        /// Where to put it.
        file: PathBuf,
    },
    /// Make a new contact key in FILE (0600): it seals the telephones of officers. Never overwrites.
    NewContact {
        /// Where to put it.
        file: PathBuf,
    },
    /// Make a new key for login tokens in FILE (0600). Never overwrites.
    NewToken {
        /// Where to put it.
        file: PathBuf,
    },
    /// Make a new key in FILE (0600) that signs what is written into folders of units. Never overwrites.
    NewFolder {
        /// Where to put it.
        file: PathBuf,
    },
    /// Print the public part of the key in FILE, which units verify with: one line, a JSON Web Key.
    FolderPublic {
        /// Where the key is.
        file: PathBuf,
    },
}

#[derive(Subcommand)]
enum Audit {
    /// Compare every act on reports, accounts and rules, and every step of openings and grants, with its audit leaf; print each row
    /// that doesn't agree, and fail if there is one.
    Verify,
}

#[derive(Subcommand)]
enum People {
    /// Make the first administrator and the first person of the office, and print their invitations, once.
    ///
    /// Only where the county has none: afterwards an administrator makes accounts on the page /people.
    First {
        /// What the administrator types at login: small letters, digits, '.', '-', '_'.
        #[arg(long)]
        admin_login: String,
        /// The administrator's name.
        #[arg(long)]
        admin_name: String,
        /// What the person of the office types at login.
        #[arg(long)]
        office_login: String,
        /// The name of the person of the office.
        #[arg(long)]
        office_name: String,
    },
    /// Make one more administrator and print the invitation, once.
    Admin {
        /// What to type at login: small letters, digits, '.', '-', '_'.
        #[arg(long)]
        login: String,
        /// The person's name.
        #[arg(long)]
        name: String,
    },
    /// Emergency: invite an account anew and print the invitation, once; its password and its sessions end with this.
    Invite {
        /// Whom.
        #[arg(long)]
        login: String,
    },
    /// Emergency: take the second factor of an account away, where nobody is left who could confirm its reset on the pages.
    FactorOff {
        /// Whose.
        #[arg(long)]
        login: String,
    },
    /// Emergency: end every session of an account.
    SessionsEnd {
        /// Whose.
        #[arg(long)]
        login: String,
    },
    /// End the telephones of an account: its person wishes it, or they can't be opened any more.
    ///
    /// With --all everybody's, where the contact key is lost: everybody enters theirs again.
    PhonesForget {
        /// Whose.
        #[arg(long, required_unless_present = "all", conflicts_with = "all")]
        login: Option<String>,
        /// Emergency: everybody's.
        #[arg(long)]
        all: bool,
    },
    /// Succeed when the county has an administrator and somebody in the office; accounts of a demo don't count.
    Check,
    /// Make accounts for a demo and write them to FILE, which the login page then shows. Never where real reports come in.
    Demo {
        /// Where to put them.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Give the accounts of a demo made-up telephones and rosters, where they have none.
    DemoDuty,
    /// Disable the accounts of a demo and take its made-up phones and rosters away.
    NoDemo,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Serve => serve::serve().await,
        Command::Migrate { logins, demo } => commands::migrate(logins.as_deref(), demo).await,
        Command::Pack(Pack::Load { dir, successor }) => commands::pack_load(&dir, successor).await,
        Command::Key(Key::New { file }) => commands::key_new(&file),
        Command::Key(Key::NewContact { file }) => commands::key_new_contact(&file),
        Command::Key(Key::NewToken { file }) => commands::key_new_token(&file),
        Command::Key(Key::NewFolder { file }) => commands::key_new_folder(&file),
        Command::Key(Key::FolderPublic { file }) => commands::key_folder_public(&file),
        Command::People(People::Admin { login, name }) => commands::people::admin(&login, &name).await,
        Command::People(People::First {
            admin_login,
            admin_name,
            office_login,
            office_name,
        }) => {
            let first = |login, name| commands::people::First { login, name };
            commands::people::first(first(admin_login, admin_name), first(office_login, office_name)).await
        }
        Command::People(People::Invite { login }) => commands::people::invite(&login).await,
        Command::People(People::FactorOff { login }) => commands::login::factor_off(&login).await,
        Command::People(People::SessionsEnd { login }) => commands::login::sessions_end(&login).await,
        Command::People(People::PhonesForget { login, .. }) => match login {
            Some(login) => commands::login::phones_forget(&login).await,
            None => commands::login::phones_forget_all().await,
        },
        Command::People(People::Check) => commands::people::missing().await,
        Command::People(People::Demo { out }) => commands::people::demo(&out).await,
        Command::People(People::DemoDuty) => commands::demo_duty::demo_duty().await,
        Command::People(People::NoDemo) => commands::people::no_demo().await,
        Command::Audit(Audit::Verify) => commands::audit::verify().await,
        Command::Routes => {
            for route in internal::all_routes() {
                platform::say!("{} {}", route.method, route.path)?;
            }
            Ok(())
        }
        Command::Config => {
            platform::say::answer(format_args!("{}", platform::run::config::Config::template()))?;
            Ok(())
        }
    }
}
