//! intake-api: takes reports by web form and API, stores them durably, and relays their ids to the broker.

mod accept;
mod commands;
mod internal;
mod public;
mod relay;
mod serve;
mod snapshots;
mod writer;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    version,
    about = "守望 Shouwang: takes reports, stores them, relays them",
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
    /// Print every internal route, one a line: method and path.
    #[command(hide = true)]
    Routes,
    /// Print every configuration key with its meaning and default, as a TOML file.
    Config,
}

#[derive(Subcommand)]
enum Pack {
    /// Check the whole pack in DIR and load it in one transaction; the same content again changes nothing.
    Load {
        /// The pack's folder, such as counties/taihe.
        dir: PathBuf,
    },
}

#[derive(Subcommand)]
enum Key {
    /// Make a new master key in FILE (0600). Never overwrites.
    New {
        /// Where to put it.
        file: PathBuf,
    },
    /// Make a new key for login tokens in FILE (0600). Never overwrites.
    NewToken {
        /// Where to put it.
        file: PathBuf,
    },
}

#[derive(Subcommand)]
enum People {
    /// Make an administrator and print the first password, once.
    Admin {
        /// What to type at login: small letters, digits, '.', '-', '_'.
        #[arg(long)]
        login: String,
        /// The person's name.
        #[arg(long)]
        name: String,
    },
    /// Make accounts for a demo and write them to FILE, which the login page then shows. Never where real reports come in.
    Demo {
        /// Where to put them.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Serve => serve::serve().await,
        Command::Migrate { logins } => commands::migrate(logins.as_deref()).await,
        Command::Pack(Pack::Load { dir }) => commands::pack_load(&dir).await,
        Command::Key(Key::New { file }) => commands::key_new(&file),
        Command::Key(Key::NewToken { file }) => commands::key_new_token(&file),
        Command::People(People::Admin { login, name }) => commands::people::admin(&login, &name).await,
        Command::People(People::Demo { out }) => commands::people::demo(&out).await,
        Command::Routes => {
            for route in internal::all_routes() {
                println!("{} {}", route.method, route.path);
            }
            Ok(())
        }
        Command::Config => {
            print!("{}", platform::config::Config::template());
            Ok(())
        }
    }
}
