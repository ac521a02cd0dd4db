//! How much may be asked at once, and by whom.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tokio::sync::Semaphore;

use super::auth::Caller;
use super::error::ApiError;
use crate::App;
use crate::config::LimitsConfig;

/// What is asked just now, and what each caller has asked in this minute.
#[derive(Debug)]
pub(crate) struct Asked {
    at_once: Semaphore,
    per_minute: u32,
    /// The minute, and the requests of each caller in it.
    minute: Mutex<(i64, HashMap<store::Caller, u32>)>,
}

impl Asked {
    pub(crate) fn new(limits: &LimitsConfig) -> Self {
        Self {
            at_once: Semaphore::new(limits.requests_at_once),
            per_minute: limits.requests_per_minute,
            minute: Mutex::default(),
        }
    }

    /// Counts a request, and tells whether it was one too many.
    fn is_too_often(&self, caller: store::Caller, now_s: i64) -> bool {
        if self.per_minute == 0 {
            return false;
        }
        let mut minute = self.minute.lock().unwrap_or_else(PoisonError::into_inner);
        if minute.0 != now_s / 60 {
            *minute = (now_s / 60, HashMap::new());
        }
        let asked = minute.1.entry(caller).or_default();
        *asked += 1;
        *asked > self.per_minute
    }
}

/// Refuses what is too much. An answer that streams counts until its stream begins.
pub(super) async fn limit(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let now_s = app.clock.now().as_second();
    let caller = request.extensions().get::<Caller>().map(|caller| caller.0);
    if caller.is_some_and(|caller| app.asked.is_too_often(caller, now_s)) {
        let detail = format!(
            "This key has sent more than {} requests in a minute (limits.requests_per_minute).",
            app.config.limits.requests_per_minute
        );
        return refused(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_requests",
            detail,
            60 - now_s.rem_euclid(60),
        );
    }
    let Ok(_permit) = app.asked.at_once.try_acquire() else {
        let detail = format!(
            "The server works on {} requests already (limits.requests_at_once); try again in a moment.",
            app.config.limits.requests_at_once
        );
        return refused(StatusCode::SERVICE_UNAVAILABLE, "overloaded", detail, 1);
    };
    next.run(request).await
}

fn refused(status: StatusCode, code: &str, detail: String, retry_after_s: i64) -> Response {
    let mut response = ApiError::new(status, code, detail).into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(retry_after_s));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callers_are_counted_apart_and_each_minute_anew() {
        let limits = LimitsConfig { requests_per_minute: 2, ..LimitsConfig::default() };
        let asked = Asked::new(&limits);
        let (anna, operator) = (
            store::Caller::User(domain::UserId::new(domain::clock::from_micros(0))),
            store::Caller::Operator,
        );
        assert!(!asked.is_too_often(anna, 0) && !asked.is_too_often(anna, 59));
        assert!(asked.is_too_often(anna, 59) && !asked.is_too_often(operator, 59));
        assert!(!asked.is_too_often(anna, 60));
    }
}
