//! What of a profile is text, or made of it, is sealed with the profile's key in an encrypted database. This is the one
//! place where that is done and undone; without encryption values pass as they are.

use std::sync::Arc;

use domain::ProfileId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::{Database, Decode, Encode, Type, TypeInfo as _, ValueRef as _};
use uuid::Uuid;

use crate::codec::{embedding_from_bytes, embedding_to_bytes, from_json, json};
use crate::pool::Db;
use crate::profile_keys::ProfileKeys;
use crate::{Embedding, EncryptionKey, StoreError};

/// Where a value is: what is sealed can be opened there only.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) column: &'static str,
    #[cfg_attr(
        not(feature = "encryption"),
        expect(dead_code, reason = "only what is sealed is bound to its row")
    )]
    pub(crate) row: Uuid,
}

pub(crate) fn place(column: &'static str, row: Uuid) -> Place {
    Place { column, row }
}

/// Text for a column, sealed or as it is.
#[derive(Debug)]
pub(crate) enum Cell<'a> {
    Plain(&'a str),
    Made(String),
    Sealed(Vec<u8>),
}

/// Text from a column, sealed or as it is.
#[derive(Debug)]
pub(crate) enum Stored {
    Plain(String),
    Sealed(Vec<u8>),
}

/// Seals and opens; without keys it does nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seals(Option<Arc<ProfileKeys>>);

impl Seals {
    pub(crate) fn of(key: Option<&EncryptionKey>) -> Result<Self, StoreError> {
        Ok(Self(key.map(ProfileKeys::of).transpose()?.map(Arc::new)))
    }

    pub(crate) fn keys(&self) -> Option<&ProfileKeys> {
        self.0.as_deref()
    }

    /// To be called last in a transaction that deletes profiles.
    pub(crate) fn mark(&self, profiles: &[ProfileId]) -> Result<(), StoreError> {
        self.keys().map_or(Ok(()), |keys| profiles.iter().try_for_each(|profile| keys.mark(*profile)))
    }

    /// To be called when the deletion of profiles is on disk.
    pub(crate) fn destroy(&self, profiles: &[ProfileId]) -> Result<(), StoreError> {
        self.keys().map_or(Ok(()), |keys| profiles.iter().try_for_each(|profile| keys.destroy(*profile)))
    }

    pub(crate) fn text<'a>(
        &self,
        profile: ProfileId,
        place: Place,
        text: &'a str,
    ) -> Result<Cell<'a>, StoreError> {
        match self.keys() {
            None => Ok(Cell::Plain(text)),
            Some(keys) => Ok(Cell::Sealed(keys.seal(profile, place, text.as_bytes())?)),
        }
    }

    pub(crate) fn optional_text<'a>(
        &self,
        profile: ProfileId,
        place: Place,
        text: Option<&'a str>,
    ) -> Result<Option<Cell<'a>>, StoreError> {
        text.map(|text| self.text(profile, place, text)).transpose()
    }

    pub(crate) fn json<T: Serialize>(
        &self,
        profile: ProfileId,
        place: Place,
        value: &T,
    ) -> Result<Cell<'static>, StoreError> {
        let text = json(place.column, value)?;
        match self.keys() {
            None => Ok(Cell::Made(text)),
            Some(keys) => Ok(Cell::Sealed(keys.seal(profile, place, text.as_bytes())?)),
        }
    }

    /// One without numbers stays empty.
    pub(crate) fn embedding(
        &self,
        profile: ProfileId,
        place: Place,
        embedding: &Embedding,
    ) -> Result<Vec<u8>, StoreError> {
        let bytes = embedding_to_bytes(embedding);
        match self.keys() {
            Some(keys) if !bytes.is_empty() => keys.seal(profile, place, &bytes),
            _ => Ok(bytes),
        }
    }

    pub(crate) fn open(&self, place: Place, stored: Stored) -> Result<String, StoreError> {
        match (stored, self.keys()) {
            (Stored::Plain(text), None) => Ok(text),
            (Stored::Sealed(sealed), Some(keys)) => String::from_utf8(keys.open(place, &sealed)?)
                .map_err(|_| StoreError::Unsealable(place.column)),
            // Nothing of an encrypted database is as it is, and everything of another.
            _ => Err(StoreError::Unsealable(place.column)),
        }
    }

    pub(crate) fn open_optional(
        &self,
        place: Place,
        stored: Option<Stored>,
    ) -> Result<Option<String>, StoreError> {
        stored.map(|stored| self.open(place, stored)).transpose()
    }

    pub(crate) fn open_json<T: DeserializeOwned>(
        &self,
        place: Place,
        stored: Stored,
    ) -> Result<T, StoreError> {
        from_json(place.column, &self.open(place, stored)?)
    }

    pub(crate) fn open_embedding(&self, place: Place, stored: &[u8]) -> Result<Embedding, StoreError> {
        match self.keys() {
            Some(keys) if !stored.is_empty() => embedding_from_bytes(&keys.open(place, stored)?),
            _ => embedding_from_bytes(stored),
        }
    }
}

impl Type<Db> for Cell<'_> {
    fn type_info() -> <Db as Database>::TypeInfo {
        <str as Type<Db>>::type_info()
    }
}

impl Encode<'_, Db> for Cell<'_> {
    fn encode(self, buffer: &mut <Db as Database>::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
        match self {
            Self::Plain(text) => text.encode(buffer),
            Self::Made(text) => text.encode(buffer),
            Self::Sealed(bytes) => bytes.encode(buffer),
        }
    }

    fn encode_by_ref(&self, buffer: &mut <Db as Database>::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
        match self {
            Self::Plain(text) => (*text).encode_by_ref(buffer),
            Self::Made(text) => text.encode_by_ref(buffer),
            Self::Sealed(bytes) => bytes.encode_by_ref(buffer),
        }
    }
}

impl Type<Db> for Stored {
    fn type_info() -> <Db as Database>::TypeInfo {
        <str as Type<Db>>::type_info()
    }

    fn compatible(ty: &<Db as Database>::TypeInfo) -> bool {
        <String as Type<Db>>::compatible(ty) || <Vec<u8> as Type<Db>>::compatible(ty)
    }
}

impl<'r> Decode<'r, Db> for Stored {
    fn decode(value: <Db as Database>::ValueRef<'r>) -> Result<Self, BoxDynError> {
        if value.type_info().name() == "BLOB" {
            Ok(Self::Sealed(<Vec<u8> as Decode<Db>>::decode(value)?))
        } else {
            Ok(Self::Plain(<String as Decode<Db>>::decode(value)?))
        }
    }
}
