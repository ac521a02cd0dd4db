//! From an answer that is no success, or from no answer, to a [`ModelError`].
//!
//! Providers echo prompts in their errors. So the body is read here, and only a code that looks like an identifier
//! gets out.

use std::error::Error;
use std::time::Duration;

use domain::Timestamp;
use reqwest::Response;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use serde_json::Value;

use crate::{ModelError, TimeoutStage};

const BODY_BYTES_MAX: usize = 64 << 10;
const BODY_TIMEOUT: Duration = Duration::from_secs(5);
const CODE_CHARS_MAX: usize = 64;

/// An answer that is no success. Deliberately without `Debug`: `body` may quote the prompt.
pub(crate) struct Failure {
    status: u16,
    code: Option<String>,
    retry_after: Option<Duration>,
    body: String,
}

impl Failure {
    pub(crate) async fn read(response: Response) -> Self {
        let status = response.status().as_u16();
        let retry_after = retry_after(response.headers());
        // An error that does not come to an end is an error all the same.
        let body = tokio::time::timeout(BODY_TIMEOUT, read_text(response)).await.unwrap_or_default();
        let code = serde_json::from_str::<Value>(&body).ok().and_then(|body| code_of(&body["error"]));
        Self { status, code, retry_after, body }
    }

    pub(crate) fn status(&self) -> u16 {
        self.status
    }

    pub(crate) fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// Whether the endpoint speaks of `word`, such as the name of a parameter that it does not take.
    pub(crate) fn mentions(&self, word: &str) -> bool {
        self.body.contains(word)
    }

    pub(crate) fn into_error(self) -> ModelError {
        let code = || self.code.clone().unwrap_or_else(|| "unspecified".to_owned());
        match self.status {
            401 | 403 => ModelError::Unauthorized { status: self.status },
            // OpenAI's way to say that the account is empty. Waiting does not help.
            429 if self.code.as_deref() == Some("insufficient_quota") => {
                ModelError::Refused { status: self.status, code: code() }
            }
            429 => ModelError::RateLimited { retry_after: self.retry_after },
            408 | 425 | 500..=599 => {
                let reason = match &self.code {
                    Some(code) => format!("status {}, code {code}", self.status),
                    None => format!("status {}", self.status),
                };
                ModelError::Unavailable { reason }
            }
            _ => ModelError::Refused { status: self.status, code: code() },
        }
    }
}

/// The `code`, else the `type`, of an API's error object, if it looks like an identifier.
pub(crate) fn code_of(error: &Value) -> Option<String> {
    [&error["code"], &error["type"]].into_iter().find_map(|value| match value {
        Value::String(code) => is_identifier(code).then(|| code.clone()),
        Value::Number(code) => Some(code.to_string()),
        _ => None,
    })
}

/// What went wrong with a call that got no answer.
pub(super) fn without_answer(error: &reqwest::Error, connect_timeout: Duration) -> ModelError {
    if error.is_connect() {
        if error.is_timeout() {
            return ModelError::TimedOut { stage: TimeoutStage::Connect, limit: connect_timeout };
        }
        // Of names, ports and certificates; nothing was said to the endpoint yet.
        return ModelError::Unavailable { reason: format!("could not connect: {}", root_cause(error)) };
    }
    if error.is_builder() {
        return ModelError::Unusable { reason: "the request could not be built".to_owned() };
    }
    ModelError::Unavailable { reason: "the connection broke before an answer".to_owned() }
}

fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

async fn read_text(mut response: Response) -> String {
    let mut body = Vec::new();
    while let Ok(Some(bytes)) = response.chunk().await {
        body.extend_from_slice(&bytes);
        if body.len() > BODY_BYTES_MAX {
            break;
        }
    }
    String::from_utf8_lossy(&body).into_owned()
}

fn is_identifier(code: &str) -> bool {
    !code.is_empty()
        && code.len() <= CODE_CHARS_MAX
        && code
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_.-".contains(&byte))
}

/// `retry-after-ms` as OpenAI sends it, or `Retry-After` in seconds or as a date (RFC 9110, section 10.2.3). A date is
/// compared with the answer's own `Date`, so that a wrong clock on either side does not matter.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let number =
        |text: &str| text.parse::<f64>().ok().and_then(|number| Duration::try_from_secs_f64(number).ok());
    if let Some(wait) = text("retry-after-ms").and_then(number) {
        return Some(wait / 1_000);
    }
    let wait = text(RETRY_AFTER.as_str())?;
    number(wait).or_else(|| {
        let until = http_date(wait)?.duration_since(http_date(text(DATE.as_str())?)?);
        Some(Duration::try_from(until).unwrap_or_default())
    })
}

/// Such as `Sun, 06 Nov 1994 08:49:37 GMT`.
fn http_date(text: &str) -> Option<Timestamp> {
    let numeric_zone = format!("{}+0000", text.strip_suffix("GMT")?);
    Timestamp::strptime("%a, %d %b %Y %H:%M:%S %z", numeric_zone).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn failure(status: u16, body: &Value) -> Failure {
        Failure { status, code: code_of(&body["error"]), retry_after: None, body: body.to_string() }
    }

    #[test]
    fn only_identifiers_get_out_of_a_body() {
        let cases = [
            (json!({"code": "context_length_exceeded"}), Some("context_length_exceeded")),
            (json!({"code": null, "type": "invalid_request_error"}), Some("invalid_request_error")),
            (json!({"code": 503}), Some("503")),
            (json!({"code": "Anna's prompt", "type": "server_error"}), Some("server_error")),
            (json!({"code": "a".repeat(65)}), None),
            (json!({"message": "secret"}), None),
            (json!("secret"), None),
            (Value::Null, None),
        ];
        for (error, code) in cases {
            assert_eq!(code_of(&error).as_deref(), code, "{error}");
        }
    }

    #[test]
    fn a_status_says_what_the_caller_can_do() {
        let body = json!({"error": {"message": "you wrote: secret", "code": "some_code"}});
        let error = |status| failure(status, &body).into_error();
        assert_eq!(error(401), ModelError::Unauthorized { status: 401 });
        assert_eq!(error(403), ModelError::Unauthorized { status: 403 });
        assert_eq!(error(404), ModelError::Refused { status: 404, code: "some_code".to_owned() });
        assert_eq!(error(307), ModelError::Refused { status: 307, code: "some_code".to_owned() });
        assert_eq!(error(429), ModelError::RateLimited { retry_after: None });
        assert_eq!(error(503), ModelError::Unavailable { reason: "status 503, code some_code".to_owned() });
        let empty = json!({"error": {"code": "insufficient_quota"}});
        assert!(!failure(429, &empty).into_error().is_retryable());
        let bare = failure(400, &Value::Null).into_error();
        assert_eq!(bare, ModelError::Refused { status: 400, code: "unspecified".to_owned() });
    }

    #[test]
    fn retry_after_comes_in_three_ways() {
        let wait = |pairs: &[(&'static str, &str)]| {
            let headers = pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
            retry_after(&headers.collect())
        };
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(wait(&[("retry-after", "7")]), seconds(7));
        assert_eq!(
            wait(&[("retry-after", "7"), ("retry-after-ms", "1500")]),
            Some(Duration::from_millis(1500))
        );
        let now = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(wait(&[now, ("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT")]), seconds(30));
        assert_eq!(wait(&[now, ("retry-after", "Sun, 06 Nov 1994 08:00:00 GMT")]), seconds(0));
        assert_eq!(wait(&[("retry-after", "Sun, 06 Nov 1994 08:00:00 GMT")]), None);
        for nonsense in ["", "-3", "soon", "NaN", "inf", "1e300"] {
            assert_eq!(wait(&[("retry-after", nonsense)]), None, "{nonsense}");
        }
    }
}
