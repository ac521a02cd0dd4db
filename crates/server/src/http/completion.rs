//! A request that changes something is carried out when its client goes away meanwhile: half of a deletion is nothing that
//! anybody asked for.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tracing::Instrument as _;

use super::error::ApiError;

pub(super) async fn complete(request: Request, next: Next) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    match tokio::spawn(next.run(request).in_current_span()).await {
        Ok(response) => response,
        Err(ended) => match ended.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => ApiError::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "shutting_down",
                "The server is shutting down.",
            )
            .into_response(),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::Router;
    use axum::body::Body;
    use axum::middleware::from_fn;
    use axum::routing::get;
    use tokio::sync::Notify;
    use tower::ServiceExt as _;

    use super::*;

    /// Counts the requests that it has begun and those that it has answered, once it may go on.
    #[derive(Default)]
    struct Slow {
        begun: Notify,
        may_go_on: Notify,
        answered: AtomicUsize,
        done: Notify,
    }

    fn service(slow: Arc<Slow>) -> Router {
        let work = move || {
            let slow = slow.clone();
            async move {
                slow.begun.notify_one();
                slow.may_go_on.notified().await;
                slow.answered.fetch_add(1, Ordering::SeqCst);
                slow.done.notify_one();
            }
        };
        Router::new().route("/", get(work.clone()).delete(work)).layer(from_fn(complete))
    }

    /// A request whose client goes away once the handler has begun.
    async fn give_up(slow: &Arc<Slow>, method: &str) {
        let request = axum::http::Request::builder().method(method).uri("/").body(Body::empty()).unwrap();
        tokio::select! {
            biased;
            () = slow.begun.notified() => {}
            _ = service(slow.clone()).oneshot(request) => unreachable!("it waits"),
        }
    }

    #[tokio::test]
    async fn a_change_is_carried_out_when_its_client_goes_away_and_a_question_is_not() {
        let slow = Arc::new(Slow::default());
        give_up(&slow, "GET").await;
        give_up(&slow, "DELETE").await;
        slow.may_go_on.notify_one();
        slow.done.notified().await;
        assert_eq!(slow.answered.load(Ordering::SeqCst), 1);
    }
}
