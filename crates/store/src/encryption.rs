//! The key of an encrypted database, and what a database file is. SQLCipher (AES-256 and a MAC for each page) takes the
//! place of SQLite in builds with the feature `encryption`; in others no key can be had.

use std::fmt;
use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use sqlx::error::DatabaseError;
use zeroize::Zeroizing;

use crate::StoreError;
use crate::pool::Connection;

const KEY_DIGITS: usize = 64;
/// A key file has the digits and a line's end; more is not read.
const KEY_FILE_BYTES_MAX: u64 = 4_096;
/// What a database that is not encrypted begins with.
const PLAIN_HEADER: &[u8; 16] = b"SQLite format 3\0";
pub(crate) const NO_ENCRYPTION: &str = "this build has no encryption: build it with `--features encryption`";

/// 256 bits as hexadecimal digits. Never printed, and overwritten when it goes.
#[derive(Clone)]
pub struct EncryptionKey {
    digits: Zeroizing<String>,
    path: PathBuf,
}

impl EncryptionKey {
    /// From a file with nothing but the digits, that nobody but its owner may use.
    pub fn read(path: &Path) -> Result<Self, StoreError> {
        let wrong = |reason: String| StoreError::EncryptionKey { path: path.display().to_string(), reason };
        if !cfg!(feature = "encryption") {
            return Err(wrong(NO_ENCRYPTION.to_owned()));
        }
        let unreadable = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::NotFound => wrong(
                "it is not there: put the key of this database there, or for a new one let \
                 `confidant encrypt --make-key` make one"
                    .to_owned(),
            ),
            _ => wrong(format!("it cannot be read: {error}")),
        };
        let file = File::open(path).map_err(unreadable)?;
        let mode = file.metadata().map_err(unreadable)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            let path = path.display();
            return Err(wrong(format!(
                "others than its owner may use it (mode {mode:03o}): `chmod 600 {path}`"
            )));
        }
        let mut text = Zeroizing::new(String::with_capacity(KEY_FILE_BYTES_MAX as usize));
        file.take(KEY_FILE_BYTES_MAX).read_to_string(&mut text).map_err(unreadable)?;
        Self::parse(path, &text).ok_or_else(|| {
            wrong(
                "it must hold 64 hexadecimal digits and nothing else, as `openssl rand -hex 32` makes"
                    .to_owned(),
            )
        })
    }

    /// Writes a new key file for its owner alone. Never over another one.
    pub fn create(path: &Path, bytes: &[u8; 32]) -> Result<Self, StoreError> {
        let wrong = |reason: String| StoreError::EncryptionKey { path: path.display().to_string(), reason };
        if !cfg!(feature = "encryption") {
            return Err(wrong(NO_ENCRYPTION.to_owned()));
        }
        let mut digits = Zeroizing::new(String::with_capacity(KEY_DIGITS));
        for byte in bytes {
            digits.push_str(&format!("{byte:02x}"));
        }
        let written = || {
            let mut file = File::options().write(true).create_new(true).mode(0o600).open(path)?;
            file.write_all(digits.as_bytes())?;
            file.write_all(b"\n")?;
            file.sync_all()?;
            sync_folder(path)
        };
        written().map_err(|error: std::io::Error| wrong(format!("it cannot be made: {error}")))?;
        Ok(Self { digits, path: path.to_owned() })
    }

    fn parse(path: &Path, text: &str) -> Option<Self> {
        let digits = text.trim();
        let is_key = digits.len() == KEY_DIGITS && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        is_key.then(|| Self { digits: Zeroizing::new(digits.to_owned()), path: path.to_owned() })
    }

    /// Whether it is the same key, wherever its file is.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.digits.eq_ignore_ascii_case(&other.digits)
    }

    /// The key file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    #[cfg(feature = "encryption")]
    pub(crate) fn bytes(&self) -> Zeroizing<[u8; KEY_DIGITS / 2]> {
        let mut bytes = Zeroizing::new([0; KEY_DIGITS / 2]);
        let value = |digit: &u8| char::from(*digit).to_digit(16).unwrap_or_default() as u8;
        for (byte, digits) in bytes.iter_mut().zip(self.digits.as_bytes().chunks_exact(2)) {
            *byte = digits.iter().fold(0, |sum, digit| (sum << 4) | value(digit));
        }
        bytes
    }

    /// As SQLCipher takes a key that it is not to derive another from.
    pub(crate) fn literal(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("x'{}'", *self.digits))
    }
}

impl fmt::Debug for EncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EncryptionKey")
    }
}

/// What a database file is, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatabaseForm {
    /// No file, or an empty one, which becomes what it is opened as.
    Absent,
    Plain,
    /// Encrypted, or no database at all.
    Encrypted,
}

impl DatabaseForm {
    pub fn of(path: &Path) -> std::io::Result<Self> {
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::Absent),
            Err(error) => return Err(error),
        };
        let mut header = Vec::with_capacity(PLAIN_HEADER.len());
        file.take(PLAIN_HEADER.len() as u64).read_to_end(&mut header)?;
        Ok(match header.as_slice() {
            [] => Self::Absent,
            header if header == PLAIN_HEADER => Self::Plain,
            _ => Self::Encrypted,
        })
    }
}

/// Gives a connection the key of its database, before anything is read from it.
// Not by `PRAGMA key`: statements are logged at level `trace`, and when they are slow.
#[cfg(feature = "encryption")]
pub(crate) async fn unlock(connection: &mut Connection, key: &EncryptionKey) -> Result<(), sqlx::Error> {
    // It would write to standard error by itself; what it finds is in the error of the first statement.
    sqlx::query("PRAGMA cipher_log_level = NONE").execute(&mut *connection).await?;
    let literal = key.literal();
    let length = std::ffi::c_int::try_from(literal.len()).map_err(sqlx::Error::decode)?;
    let mut handle = connection.lock_handle().await?;
    // SAFETY: the handle is of an open database that nobody else uses while it is locked, the name is a C string, and
    // SQLCipher copies as many bytes of the key as `length` says, which are there.
    let status = unsafe {
        libsqlite3_sys::sqlite3_key_v2(
            handle.as_raw_handle().as_ptr(),
            c"main".as_ptr(),
            literal.as_ptr().cast(),
            length,
        )
    };
    if status == libsqlite3_sys::SQLITE_OK {
        Ok(())
    } else {
        Err(sqlx::Error::Protocol(format!("SQLCipher does not take the key (code {status})")))
    }
}

/// No key can be had in this build.
#[cfg(not(feature = "encryption"))]
pub(crate) async fn unlock(_: &mut Connection, _: &EncryptionKey) -> Result<(), sqlx::Error> {
    Err(sqlx::Error::Protocol(NO_ENCRYPTION.to_owned()))
}

/// Why a database cannot be opened, and what to do.
pub(crate) fn unreadable(path: &Path, key: Option<&EncryptionKey>, error: &sqlx::Error) -> StoreError {
    const SQLITE_NOTADB: &str = "26";
    let database = error.as_database_error();
    let is_no_database = database.and_then(DatabaseError::code).is_some_and(|code| code == SQLITE_NOTADB);
    let form = DatabaseForm::of(path).ok().filter(|_| is_no_database);
    let reason = match (form, key, database) {
        (Some(DatabaseForm::Plain), Some(_), _) => {
            "it is not encrypted, and a key is set: `confidant encrypt` encrypts it".to_owned()
        }
        (Some(_), Some(_), _) => "it was encrypted with another key, or is damaged".to_owned(),
        (Some(_), None, _) if cfg!(feature = "encryption") => {
            "it is encrypted, or no database: name its key in `database.encryption_key_file`".to_owned()
        }
        (Some(_), None, _) => format!("it is encrypted, or no database; {NO_ENCRYPTION}"),
        (None, _, Some(database)) => database.message().to_owned(),
        (None, _, None) => error.to_string(),
    };
    StoreError::Unreadable { path: path.display().to_string(), reason }
}

/// Overwrites what a file held, as far as the file system writes in place.
pub(crate) fn overwrite(mut file: File, bytes: u64) -> std::io::Result<()> {
    const CHUNK: usize = 64 * 1024;
    let zeros = vec![0; CHUNK];
    file.rewind()?;
    let mut left = bytes.max(file.metadata()?.len());
    while left > 0 {
        let count = usize::try_from(left).unwrap_or(CHUNK).min(CHUNK);
        file.write_all(&zeros[..count])?;
        left -= count as u64;
    }
    file.sync_all()
}

/// Makes sure that what a file's folder says of it is on disk.
pub(crate) fn sync_folder(path: &Path) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}
