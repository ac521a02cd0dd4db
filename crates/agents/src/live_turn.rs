//! A running turn that clients follow. The turn publishes; followers come, go and come back as they like.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use domain::{SessionId, Timestamp, TurnId, UserId};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::TurnEvent;

/// How long the events of a turn that is over can still be followed from RAM.
const KEPT_SECONDS: i64 = 300;
/// Turns that are over and kept, at most: after them the database answers, with the last event.
const KEPT_MAX: usize = 1_000;

#[derive(Debug)]
pub struct LiveTurn {
    pub id: TurnId,
    pub session_id: SessionId,
    pub user_id: UserId,
    idempotency_key: Option<String>,
    events: Mutex<Vec<Arc<TurnEvent>>>,
    /// How many events there are, for those who wait for more.
    published: watch::Sender<usize>,
    stop: CancellationToken,
    ending: Mutex<Option<Ending>>,
}

/// Who asked a turn to end early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The user had enough.
    Stopped,
    /// The process is shutting down.
    Interrupted,
}

impl LiveTurn {
    pub(crate) fn new(
        id: TurnId,
        session_id: SessionId,
        user_id: UserId,
        idempotency_key: Option<String>,
    ) -> Self {
        Self {
            id,
            session_id,
            user_id,
            idempotency_key,
            events: Mutex::default(),
            published: watch::Sender::new(0),
            stop: CancellationToken::new(),
            ending: Mutex::default(),
        }
    }

    pub(crate) fn publish(&self, event: TurnEvent) {
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        events.push(Arc::new(event));
        self.published.send_replace(events.len());
    }

    /// The events from the one after number `after` on; numbers start at 1.
    pub fn follow(self: &Arc<Self>, after: usize) -> TurnEvents {
        TurnEvents { turn: self.clone(), next: after, published: self.published.subscribe() }
    }

    /// Asks the turn to end. What was streamed is kept.
    pub fn end(&self, ending: Ending) {
        self.ending.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(ending);
        self.stop.cancel();
    }

    pub(crate) async fn ended_early(&self) -> Ending {
        self.stop.cancelled().await;
        self.ending.lock().unwrap_or_else(PoisonError::into_inner).unwrap_or(Ending::Stopped)
    }

    /// The final event, once there is one.
    pub fn last_event(&self) -> Option<Arc<TurnEvent>> {
        let events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        events.last().filter(|event| event.is_last()).cloned()
    }

    /// Waits for the final event.
    pub async fn finished(self: &Arc<Self>) -> Arc<TurnEvent> {
        let mut events = self.follow(0);
        loop {
            match events.next().await {
                Some((_, event)) if event.is_last() => return event,
                Some(_) => {}
                // `follow` ends only after a final event.
                None => {
                    if let Some(last) = self.last_event() {
                        return last;
                    }
                }
            }
        }
    }
}

/// What was said is overwritten in RAM when the last who held it lets go.
impl Drop for LiveTurn {
    fn drop(&mut self) {
        let events = self.events.get_mut().unwrap_or_else(PoisonError::into_inner);
        events.iter_mut().filter_map(Arc::get_mut).for_each(TurnEvent::wipe);
    }
}

/// A follower's place in a turn's events.
#[derive(Debug)]
pub struct TurnEvents {
    turn: Arc<LiveTurn>,
    next: usize,
    published: watch::Receiver<usize>,
}

impl TurnEvents {
    /// The next event with its number, or `None` after the last.
    pub async fn next(&mut self) -> Option<(usize, Arc<TurnEvent>)> {
        loop {
            {
                let events = self.turn.events.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(event) = events.get(self.next) {
                    self.next += 1;
                    return Some((self.next, event.clone()));
                }
                if events.last().is_some_and(|event| event.is_last()) {
                    return None;
                }
            }
            self.published.changed().await.ok()?;
        }
    }
}

/// The turns that run, and those that ended a short while ago.
#[derive(Debug, Default)]
pub(crate) struct LiveTurns {
    turns: Mutex<Turns>,
}

#[derive(Debug, Default)]
struct Turns {
    /// With the time a turn ended.
    by_id: HashMap<TurnId, (Arc<LiveTurn>, Option<Timestamp>)>,
    /// In the order they ended. Some may be forgotten already.
    ended: VecDeque<TurnId>,
}

impl LiveTurns {
    pub(crate) fn insert(&self, turn: Arc<LiveTurn>) {
        self.lock().by_id.insert(turn.id, (turn, None));
    }

    pub(crate) fn find(&self, id: TurnId) -> Option<Arc<LiveTurn>> {
        self.lock().by_id.get(&id).map(|(turn, _)| turn.clone())
    }

    pub(crate) fn find_by_key(&self, session_id: SessionId, key: &str) -> Option<TurnId> {
        let turns = self.lock();
        let mut of_session =
            turns.by_id.values().map(|(turn, _)| turn).filter(|turn| turn.session_id == session_id);
        of_session.find(|turn| turn.idempotency_key.as_deref() == Some(key)).map(|turn| turn.id)
    }

    pub(crate) fn mark_ended(&self, id: TurnId, now: Timestamp) {
        let mut turns = self.lock();
        let Some((_, ended_at)) = turns.by_id.get_mut(&id) else { return };
        *ended_at = Some(now);
        turns.ended.push_back(id);
        if turns.ended.len() > KEPT_MAX
            && let Some(oldest) = turns.ended.pop_front()
        {
            turns.by_id.remove(&oldest);
        }
    }

    pub(crate) fn running(&self) -> Vec<Arc<LiveTurn>> {
        self.lock()
            .by_id
            .values()
            .filter(|(_, ended_at)| ended_at.is_none())
            .map(|(turn, _)| turn.clone())
            .collect()
    }

    /// Drops the turns that were over long enough ago.
    pub(crate) fn tidy(&self, now: Timestamp) {
        self.lock().by_id.retain(|_, (_, ended_at)| {
            ended_at.is_none_or(|ended_at| now.as_second() - ended_at.as_second() < KEPT_SECONDS)
        });
    }

    /// Drops what is held of a session that is gone.
    pub(crate) fn forget_session(&self, session_id: SessionId) {
        self.lock().by_id.retain(|_, (turn, ended_at)| turn.session_id != session_id || ended_at.is_none());
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Turns> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::clock::from_micros;

    fn delta(text: &str) -> TurnEvent {
        TurnEvent::AnswerDelta { text: text.into() }
    }

    #[tokio::test]
    async fn a_follower_that_comes_late_misses_nothing() {
        let now = from_micros(0);
        let turn = Arc::new(LiveTurn::new(TurnId::new(now), SessionId::new(now), UserId::new(now), None));
        turn.publish(delta("a"));
        turn.publish(delta("b"));
        let mut late = turn.follow(1);
        assert_eq!(late.next().await.unwrap().0, 2);
        let waiting = tokio::spawn(async move { late.next().await.map(|(number, _)| number) });
        turn.publish(delta("c"));
        assert_eq!(waiting.await.unwrap(), Some(3));
    }
}
