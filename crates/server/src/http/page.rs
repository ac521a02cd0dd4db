//! Lists by cursor: `limit`, `after`, `next`.

use domain::Invalid;
use serde::{Deserialize, Serialize};
use store::Page;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::error::ApiError;

const LIMIT_DEFAULT: u32 = 50;
const LIMIT_MAX: u32 = 200;

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct PageQuery {
    /// How many items, from 1 to 200; 50 if absent.
    #[serde(default)]
    pub(super) limit: Option<String>,
    /// The `next` of the page before.
    #[serde(default)]
    pub(super) after: Option<String>,
}

impl PageQuery {
    pub(super) fn limit(&self) -> Result<u32, ApiError> {
        let Some(text) = &self.limit else { return Ok(LIMIT_DEFAULT) };
        match text.parse() {
            Ok(limit @ 1..=LIMIT_MAX) => Ok(limit),
            _ => Err(ApiError::bad_parameter(&Invalid::new(
                "limit",
                format!("must be a number from 1 to {LIMIT_MAX}"),
            ))),
        }
    }

    pub(super) fn after(&self) -> Result<Option<Uuid>, ApiError> {
        self.after.as_deref().map(Uuid::parse_str).transpose().map_err(|_| {
            ApiError::bad_parameter(&Invalid::new("after", "must be the `next` of an earlier page"))
        })
    }
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct List<T> {
    pub(super) items: Vec<T>,
    /// Pass it as `after` to get what follows; null at the end.
    pub(super) next: Option<Uuid>,
}

impl<T> From<Page<T>> for List<T> {
    fn from(page: Page<T>) -> Self {
        Self { items: page.items, next: page.next }
    }
}
