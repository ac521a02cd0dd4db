//! The keys of profiles: random, one file each in a folder beside the key of the database, wrapped by that. Where one is
//! destroyed, what was sealed with it cannot be read any more, in no copy of the database.
//!
//! The folder is called after the key of the database: keys of several can lie side by side, so that one can be changed.

use std::collections::HashMap;
use std::fmt;
use std::fs::{DirBuilder, File};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use domain::ProfileId;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, MAX_TAG_LEN, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use ring::rand::{SecureRandom as _, SystemRandom};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::encryption::{overwrite, sync_folder};
use crate::sealing::Place;
use crate::{EncryptionKey, StoreError};

const KEY_LEN: usize = 32;
/// A key file: nonce, key, tag.
const WRAPPED_LEN: usize = NONCE_LEN + KEY_LEN + MAX_TAG_LEN;
/// What a sealed value begins with: the form, the profile whose key it is, the nonce.
const FORM: u8 = 1;
const HEAD_LEN: usize = 1 + 16 + NONCE_LEN;
/// Of a file that says that a profile is about to be deleted.
const DELETING: &str = "deleting";
/// Of a key file that is being written.
const UNFINISHED: &str = "unfinished";

/// Keys that are held in RAM, at most; the others are read when they are needed.
const KNOWN_MAX: usize = 4_096;

pub(crate) struct ProfileKeys {
    folder: PathBuf,
    wrapping: LessSafeKey,
    random: SystemRandom,
    known: RwLock<HashMap<ProfileId, Arc<LessSafeKey>>>,
}

impl ProfileKeys {
    /// Those that belong to a database with this key.
    pub(crate) fn of(key: &EncryptionKey) -> Result<Self, StoreError> {
        let master = hmac::Key::new(hmac::HMAC_SHA256, &*key.bytes());
        let derived = |what: &[u8]| hmac::sign(&master, what);
        let name = derived(b"confidant: name of the folder of profile keys");
        let name: String = name.as_ref().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let folder = key.path().with_file_name(format!("profile-keys-{name}"));
        let wrapping = aead_key(derived(b"confidant: wrapping of profile keys").as_ref());
        let keys = Self {
            wrapping: wrapping.ok_or(StoreError::Corrupt("key"))?,
            folder,
            random: SystemRandom::new(),
            known: RwLock::default(),
        };
        keys.make_folder().map_err(|error| keys.failed(&error))?;
        Ok(keys)
    }

    /// Seals a value with the key of its profile. It can be opened in its place only.
    pub(crate) fn seal(&self, profile: ProfileId, place: Place, value: &[u8]) -> Result<Vec<u8>, StoreError> {
        let key = self.get(profile)?;
        let nonce = self.nonce()?;
        let mut sealed = Vec::with_capacity(HEAD_LEN + value.len() + MAX_TAG_LEN);
        sealed.push(FORM);
        sealed.extend(profile.0.as_bytes());
        sealed.extend(nonce.as_ref());
        sealed.extend(value);
        let tag = key
            .seal_in_place_separate_tag(nonce, associated(profile, place), &mut sealed[HEAD_LEN..])
            .map_err(|_| StoreError::Corrupt(place.column))?;
        sealed.extend(tag.as_ref());
        Ok(sealed)
    }

    pub(crate) fn open(&self, place: Place, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        let unsealable = || StoreError::Unsealable(place.column);
        let (head, value) = sealed.split_at_checked(HEAD_LEN).ok_or_else(unsealable)?;
        let (form, head) = head.split_first().ok_or_else(unsealable)?;
        let (profile, nonce) = head.split_at(16);
        let profile = ProfileId(Uuid::from_slice(profile).map_err(|_| unsealable())?);
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| unsealable())?;
        if *form != FORM {
            return Err(unsealable());
        }
        let mut value = value.to_vec();
        let key = self.get(profile)?;
        let opened =
            key.open_in_place(nonce, associated(profile, place), &mut value).map_err(|_| unsealable())?;
        let length = opened.len();
        value.truncate(length);
        Ok(value)
    }

    pub(crate) fn has(&self, profile: ProfileId) -> bool {
        self.path(profile).exists()
    }

    /// Makes the key of a profile that may have one.
    pub(crate) fn ensure(&self, profile: ProfileId) -> Result<(), StoreError> {
        if self.has(profile) { self.get(profile).map(|_| ()) } else { self.make(profile) }
    }

    /// Makes the key of a new profile. It is on disk before this returns.
    pub(crate) fn make(&self, profile: ProfileId) -> Result<(), StoreError> {
        let mut key = Zeroizing::new([0; KEY_LEN]);
        self.random.fill(&mut *key).map_err(|_| StoreError::Corrupt("random number"))?;
        self.store(profile, &key)
    }

    /// Takes the key of a profile over from those of another key of the database, unless it is here.
    pub(crate) fn take_over(&self, profile: ProfileId, from: &Self) -> Result<(), StoreError> {
        if self.has(profile) {
            return self.get(profile).map(|_| ());
        }
        self.store(profile, &*from.unwrap(profile)?)
    }

    /// Notes that a profile is about to be deleted: should the process end before its key is destroyed, the next finds it.
    pub(crate) fn mark(&self, profile: ProfileId) -> Result<(), StoreError> {
        let path = self.path(profile).with_extension(DELETING);
        let marked = || {
            File::create(&path)?.sync_all()?;
            sync_folder(&path)
        };
        marked().map_err(|error| self.failed(&error))
    }

    /// The profiles that were about to be deleted.
    pub(crate) fn marked(&self) -> Result<Vec<ProfileId>, StoreError> {
        let mut marked = Vec::new();
        for entry in std::fs::read_dir(&self.folder).map_err(|error| self.failed(&error))? {
            let path = entry.map_err(|error| self.failed(&error))?.path();
            let is_mark = path.extension().is_some_and(|extension| extension == DELETING);
            let name = path.file_stem().and_then(|name| name.to_str()).filter(|_| is_mark);
            marked.extend(name.and_then(|name| name.parse().ok()).map(ProfileId));
        }
        Ok(marked)
    }

    pub(crate) fn unmark(&self, profile: ProfileId) -> Result<(), StoreError> {
        remove(&self.path(profile).with_extension(DELETING)).map_err(|error| self.failed(&error))
    }

    /// Destroys the key of a profile.
    pub(crate) fn destroy(&self, profile: ProfileId) -> Result<(), StoreError> {
        let path = self.path(profile);
        let destroyed = || {
            match File::options().write(true).open(&path) {
                Ok(file) => overwrite(file, WRAPPED_LEN as u64)?,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
            remove(&path)?;
            sync_folder(&path)
        };
        destroyed().map_err(|error| self.failed(&error))?;
        // Not before: who reads meanwhile would bring it back.
        self.known.write().unwrap_or_else(PoisonError::into_inner).remove(&profile);
        self.unmark(profile)
    }

    /// Removes the folder, if no key is left in it.
    pub(crate) fn remove_folder(&self) {
        let _ = std::fs::remove_dir(&self.folder);
    }

    fn get(&self, profile: ProfileId) -> Result<Arc<LessSafeKey>, StoreError> {
        if let Some(key) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(&profile) {
            return Ok(key.clone());
        }
        let key = aead_key(&*self.unwrap(profile)?).ok_or(StoreError::Corrupt("key"))?;
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KNOWN_MAX {
            known.clear();
        }
        Ok(known.entry(profile).or_insert(Arc::new(key)).clone())
    }

    fn unwrap(&self, profile: ProfileId) -> Result<Zeroizing<[u8; KEY_LEN]>, StoreError> {
        let wrong = |reason: String| StoreError::ProfileKey { profile, reason };
        let mut wrapped = Vec::with_capacity(WRAPPED_LEN);
        let file = File::open(self.path(profile));
        let read = file.and_then(|file| file.take(WRAPPED_LEN as u64 + 1).read_to_end(&mut wrapped));
        read.map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => wrong(format!("is not in {}", self.folder.display())),
            _ => wrong(format!("cannot be read from {}: {error}", self.folder.display())),
        })?;
        let unwrapped = || {
            let (nonce, key) = wrapped.split_at_checked(NONCE_LEN)?;
            let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
            let mut key = Zeroizing::new(key.to_vec());
            let opened =
                self.wrapping.open_in_place(nonce, Aad::from(profile.0.as_bytes()), &mut key).ok()?;
            Some(Zeroizing::new(<[u8; KEY_LEN]>::try_from(&*opened).ok()?))
        };
        unwrapped().ok_or_else(|| wrong(format!("is damaged in {}", self.folder.display())))
    }

    fn store(&self, profile: ProfileId, key: &[u8; KEY_LEN]) -> Result<(), StoreError> {
        let nonce = self.nonce()?;
        let mut wrapped = nonce.as_ref().to_vec();
        wrapped.extend(key);
        let tag = self
            .wrapping
            .seal_in_place_separate_tag(nonce, Aad::from(profile.0.as_bytes()), &mut wrapped[NONCE_LEN..])
            .map_err(|_| StoreError::Corrupt("key"))?;
        wrapped.extend(tag.as_ref());
        let path = self.path(profile);
        let unfinished = path.with_extension(UNFINISHED);
        let stored = || {
            let mut options = File::options();
            let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
            file.write_all(&wrapped)?;
            file.sync_all()?;
            // Never over another key, which something may be sealed with.
            std::fs::hard_link(&unfinished, &path)?;
            std::fs::remove_file(&unfinished)?;
            sync_folder(&path)
        };
        stored().map_err(|error| self.failed(&error))
    }

    fn nonce(&self) -> Result<Nonce, StoreError> {
        let mut nonce = [0; NONCE_LEN];
        self.random.fill(&mut nonce).map_err(|_| StoreError::Corrupt("random number"))?;
        Ok(Nonce::assume_unique_for_key(nonce))
    }

    fn path(&self, profile: ProfileId) -> PathBuf {
        self.folder.join(profile.to_string())
    }

    fn make_folder(&self) -> std::io::Result<()> {
        match DirBuilder::new().mode(0o700).create(&self.folder) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
            made => made.and_then(|()| sync_folder(&self.folder)),
        }
    }

    fn failed(&self, error: &std::io::Error) -> StoreError {
        StoreError::EncryptionKey {
            path: self.folder.display().to_string(),
            reason: format!("the keys of profiles are kept there, and that failed: {error}"),
        }
    }
}

impl fmt::Debug for ProfileKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProfileKeys({})", self.folder.display())
    }
}

fn aead_key(bytes: &[u8]) -> Option<LessSafeKey> {
    UnboundKey::new(&AES_256_GCM, bytes).ok().map(LessSafeKey::new)
}

/// What a value is bound to besides its key: moved to another column, row or profile it is refused.
fn associated(profile: ProfileId, place: Place) -> Aad<Vec<u8>> {
    let mut bytes = vec![FORM];
    bytes.extend(profile.0.as_bytes());
    bytes.extend(place.row.as_bytes());
    bytes.extend(place.column.as_bytes());
    Aad::from(bytes)
}

fn remove(path: &std::path::Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
