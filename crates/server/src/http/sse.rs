//! Server-sent events: what a turn tells, what a session tells.

use std::convert::Infallible;
use std::time::Duration;

use agents::{SessionEvent, TurnEvent, TurnEvents};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

const HEARTBEAT: Duration = Duration::from_secs(15);

/// A turn's events from where the follower is, until the last.
pub(super) fn turn_events(events: TurnEvents) -> Response {
    let stream = stream::unfold(events, |mut events| async move {
        let (number, event) = events.next().await?;
        Some((Ok::<_, Infallible>(turn_event(number, &event)), events))
    });
    respond(stream)
}

/// The events of a turn that is long over: only the last is left.
pub(super) fn last_event(event: &TurnEvent) -> Response {
    respond(stream::iter([Ok::<_, Infallible>(turn_event(1, event))]))
}

/// A session's events, for as long as the follower and the server stay.
pub(super) fn session_events(
    feed: broadcast::Receiver<SessionEvent>,
    stopping: CancellationToken,
) -> Response {
    let stream = stream::unfold((feed, stopping), |(mut feed, stopping)| async move {
        loop {
            let received = tokio::select! {
                received = feed.recv() => received,
                () = stopping.cancelled() => return None,
            };
            match received {
                Ok(event) => {
                    let sent = Event::default().event(event.name()).json_data(&event).unwrap_or_default();
                    return Some((Ok::<_, Infallible>(sent), (feed, stopping)));
                }
                // A follower that was too slow goes on with what is new.
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    });
    respond(stream)
}

fn turn_event(number: usize, event: &TurnEvent) -> Event {
    Event::default().id(number.to_string()).event(event.name()).json_data(event).unwrap_or_default()
}

fn respond(stream: impl stream::Stream<Item = Result<Event, Infallible>> + Send + 'static) -> Response {
    let mut response = Sse::new(stream).keep_alive(KeepAlive::new().interval(HEARTBEAT)).into_response();
    // Proxies that buffer would hold the answer back until it is complete.
    let headers = response.headers_mut();
    headers.insert("x-accel-buffering", axum::http::HeaderValue::from_static("no"));
    headers.insert("cache-control", axum::http::HeaderValue::from_static("no-store"));
    response
}
