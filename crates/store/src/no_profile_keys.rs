//! In builds without the feature `encryption` there are no keys of profiles.

use domain::ProfileId;

use crate::encryption::NO_ENCRYPTION;
use crate::sealing::Place;
use crate::{EncryptionKey, StoreError};

#[derive(Debug)]
pub(crate) enum ProfileKeys {}

impl ProfileKeys {
    pub(crate) fn of(key: &EncryptionKey) -> Result<Self, StoreError> {
        let path = key.path().display().to_string();
        Err(StoreError::EncryptionKey { path, reason: NO_ENCRYPTION.to_owned() })
    }

    pub(crate) fn seal(&self, _: ProfileId, _: Place, _: &[u8]) -> Result<Vec<u8>, StoreError> {
        match *self {}
    }

    pub(crate) fn open(&self, _: Place, _: &[u8]) -> Result<Vec<u8>, StoreError> {
        match *self {}
    }

    pub(crate) fn has(&self, _: ProfileId) -> bool {
        match *self {}
    }

    pub(crate) fn make(&self, _: ProfileId) -> Result<(), StoreError> {
        match *self {}
    }

    pub(crate) fn ensure(&self, _: ProfileId) -> Result<(), StoreError> {
        match *self {}
    }

    pub(crate) fn take_over(&self, _: ProfileId, _: &Self) -> Result<(), StoreError> {
        match *self {}
    }

    pub(crate) fn mark(&self, _: ProfileId) -> Result<(), StoreError> {
        match *self {}
    }

    pub(crate) fn marked(&self) -> Result<Vec<ProfileId>, StoreError> {
        match *self {}
    }

    pub(crate) fn unmark(&self, _: ProfileId) -> Result<(), StoreError> {
        match *self {}
    }

    pub(crate) fn destroy(&self, _: ProfileId) -> Result<(), StoreError> {
        match *self {}
    }

    pub(crate) fn remove_folder(&self) {
        match *self {}
    }
}
