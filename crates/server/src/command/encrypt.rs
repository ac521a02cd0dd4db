//! `confidant encrypt`: the database gets a key, or another one.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use store::{DatabaseForm, EncryptionKey, EncryptionPlan, encrypt_database, forget_old_key, plan_encryption};

use super::say;
use crate::config::Config;
use crate::running::{database_path, lock_data_dir};

#[derive(Debug, Args)]
pub(super) struct EncryptArgs {
    /// Makes the key file that `database.encryption_key_file` names, if it is not there.
    #[arg(long)]
    make_key: bool,
    /// The key that the database has now, if it is encrypted: it gets the one that the configuration names.
    #[arg(long, value_name = "FILE")]
    old_key_file: Option<PathBuf>,
    /// Says what would be done, and does nothing.
    #[arg(long, conflicts_with = "make_key")]
    dry_run: bool,
}

pub(super) async fn run(config: &Config, args: EncryptArgs) -> anyhow::Result<()> {
    let key_file = config.database.encryption_key_file.as_deref().context(
        "no key is named: set `database.encryption_key_file` in confidant.toml, or \
         CONFIDANT_DATABASE__ENCRYPTION_KEY_FILE",
    )?;
    // Held until the end: no server starts meanwhile.
    let _lock = lock_data_dir(&config.server.data_dir)?;
    let path = database_path(config);
    let old = args.old_key_file.as_deref().map(EncryptionKey::read).transpose()?;
    if args.make_key && !key_file.exists() {
        if old.is_none() && DatabaseForm::of(&path)? == DatabaseForm::Encrypted {
            bail!(
                "{} is encrypted already: put its key there, or name it with --old-key-file",
                path.display()
            );
        }
        make_key(key_file)?;
    }
    let key = EncryptionKey::read(key_file)?;
    let plan = plan_encryption(&path, old.as_ref(), &key).await?;
    let what = match plan {
        EncryptionPlan::Absent => {
            say("There is no database yet: `confidant serve` makes an encrypted one.");
            return Ok(());
        }
        EncryptionPlan::Done => {
            if let Some(old) = old.as_ref().filter(|_| !args.dry_run) {
                // What an interrupted change of the key may have left.
                forget_old_key(&path, old, &key).await?;
            }
            say(&format!("{} is encrypted with this key already.", path.display()));
            return Ok(());
        }
        EncryptionPlan::Encrypt { bytes } => format!("encrypted ({bytes} bytes)"),
        EncryptionPlan::ChangeKey { bytes } => format!("encrypted with the new key ({bytes} bytes)"),
    };
    if args.dry_run {
        say(&format!(
            "{} would be {what}; that takes up to twice as much free space beside it.",
            path.display()
        ));
        return Ok(());
    }
    encrypt_database(&path, old.as_ref(), &key).await?;
    say(&format!(
        "{} is {what}. Keep {} and the folder `profile-keys-…` beside it safe, apart from backups of the database: \
         without them nothing can be read.",
        path.display(),
        key_file.display()
    ));
    Ok(())
}

fn make_key(path: &Path) -> anyhow::Result<()> {
    EncryptionKey::create(path, &rand::random())?;
    say(&format!("Made the key {}.", path.display()));
    Ok(())
}
