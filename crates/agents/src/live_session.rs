//! What is held of a session in RAM: the order of its turns, its placeholders, a copy of its newest messages, and all of
//! an incognito conversation. None of it is ever written to disk from here.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::message::Message;
use domain::session::Session;
use domain::turn::Turn;
use domain::{SessionId, Timestamp, TurnId};
use privacy::Pseudonyms;
use store::{Caller, ProfileScope, SessionContext};
use zeroize::Zeroize as _;

use crate::privacy_guardian::KnownFindings;

/// How long a session that nobody uses stays in RAM.
const IDLE_SECONDS_MAX: i64 = 30 * 60;
/// Incognito messages that a session holds, at most; the oldest go first.
const INCOGNITO_MESSAGES_MAX: usize = 1_000;
/// How long what was loaded of a session stays.
const CONTEXT_SECONDS_MAX: i64 = 600;
/// Bytes of text that are kept of one session; a larger one is loaded anew for every turn.
const CONTEXT_BYTES_MAX: usize = 64 * 1024;
/// Sessions of which something is kept, at most.
const CONTEXTS_MAX: usize = 4_096;

/// The sessions in use.
#[derive(Debug, Default)]
pub struct LiveSessions {
    by_id: Mutex<HashMap<SessionId, Arc<LiveSession>>>,
    /// How often something that was loaded has been forgotten.
    forgotten: AtomicU64,
}

#[derive(Debug, Default)]
pub(crate) struct LiveSession {
    /// Held by the turn that runs; the others wait in order.
    pub(crate) turns: Arc<tokio::sync::Mutex<()>>,
    /// Turns that run or wait.
    pub(crate) queued: AtomicUsize,
    /// Placeholders and the values they stand for.
    pub(crate) pseudonyms: Mutex<Pseudonyms>,
    /// What is sensitive in the texts of its prompts.
    pub(crate) findings: KnownFindings,
    /// Set while the session is incognito.
    incognito: Mutex<Option<IncognitoSession>>,
    context: Mutex<KeptContext>,
    last_used_s: Mutex<i64>,
}

/// What a turn has loaded, for the next one. Whoever changes a session, its profile or its user forgets it.
#[derive(Debug, Default)]
struct KeptContext {
    /// How often turns have extended the session.
    extended: u64,
    kept: Option<(Arc<SessionContext>, Timestamp)>,
}

/// What was read at one version is not kept at another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ContextVersion {
    extended: u64,
    forgotten: u64,
}

/// An incognito conversation: all there is of it.
#[derive(Clone, Debug)]
pub struct IncognitoSession {
    pub session: Session,
    pub scope: ProfileScope,
    pub messages: Vec<Message>,
    pub turns: Vec<Turn>,
    /// The session has no row in the database: it was incognito from its start.
    pub only_here: bool,
}

impl LiveSessions {
    /// The live part of a session, made if need be.
    pub(crate) fn enter(&self, id: SessionId, now: Timestamp) -> Arc<LiveSession> {
        let session = self.lock().entry(id).or_default().clone();
        *session.last_used_s.lock().unwrap_or_else(PoisonError::into_inner) = now.as_second();
        session
    }

    fn find(&self, id: SessionId) -> Option<Arc<LiveSession>> {
        self.lock().get(&id).cloned()
    }

    /// What was loaded of a session a while ago and is still so. Else the version to keep it under when it is loaded.
    /// Makes no place for a session: nobody has checked yet that there is one.
    pub(crate) fn kept_context(
        &self,
        id: SessionId,
        now: Timestamp,
    ) -> Result<Arc<SessionContext>, ContextVersion> {
        let forgotten = self.forgotten.load(Ordering::SeqCst);
        let Some(live) = self.find(id) else { return Err(ContextVersion { extended: 0, forgotten }) };
        let context = live.context();
        let fresh = |at: &Timestamp| now.as_second() - at.as_second() < CONTEXT_SECONDS_MAX;
        match &context.kept {
            Some((kept, at)) if fresh(at) => Ok(kept.clone()),
            _ => Err(ContextVersion { extended: context.extended, forgotten }),
        }
    }

    /// Keeps what was loaded, unless something changed meanwhile.
    pub(crate) fn keep_context(&self, context: Arc<SessionContext>, version: ContextVersion, now: Timestamp) {
        let texts = context.recent_messages.iter().map(|message| message.content.len());
        if texts.sum::<usize>() > CONTEXT_BYTES_MAX || self.lock().len() > CONTEXTS_MAX {
            return;
        }
        let live = self.enter(context.session.id, now);
        let mut slot = live.context();
        let forgotten = self.forgotten.load(Ordering::SeqCst);
        if version == (ContextVersion { extended: slot.extended, forgotten }) {
            slot.kept = Some((context, now));
        }
    }

    /// Adds to what is kept of a session what a turn has stored of it. With more than `messages_max` messages it is loaded
    /// anew, with the newest of them and a summary of the others: where the history begins changes every few turns only,
    /// so that prompts share their beginnings.
    pub(crate) fn extend_context(&self, id: SessionId, said: &[Message], messages_max: usize) {
        let Some(live) = self.find(id) else { return };
        let mut slot = live.context();
        slot.extended += 1;
        let Some((context, _)) = &mut slot.kept else { return };
        let context = Arc::make_mut(context);
        context.recent_messages.extend_from_slice(said);
        if context.recent_messages.len() > messages_max {
            slot.kept = None;
        }
    }

    /// Forgets what was loaded of a session: it has changed.
    pub fn forget_context(&self, id: SessionId) {
        self.forgotten.fetch_add(1, Ordering::SeqCst);
        if let Some(live) = self.find(id) {
            live.context().kept = None;
        }
    }

    /// The same for all sessions: a profile or a user has changed.
    pub fn forget_contexts(&self) {
        self.forgotten.fetch_add(1, Ordering::SeqCst);
        let sessions: Vec<Arc<LiveSession>> = self.lock().values().cloned().collect();
        for live in sessions {
            live.context().kept = None;
        }
    }

    /// Starts to hold an incognito conversation.
    pub fn start_incognito(&self, session: Session, scope: ProfileScope, only_here: bool, now: Timestamp) {
        let live = self.enter(session.id, now);
        let mut incognito = live.incognito();
        if let Some(held) = incognito.as_mut() {
            held.session = session;
        } else {
            *incognito =
                Some(IncognitoSession { session, scope, messages: Vec::new(), turns: Vec::new(), only_here });
        }
    }

    /// Drops an incognito conversation: what was said in it is gone.
    pub fn end_incognito(&self, id: SessionId) -> Option<IncognitoSession> {
        self.find(id)?.incognito().take()
    }

    /// A copy of an incognito conversation that `caller` may see.
    pub fn find_incognito(&self, caller: Caller, id: SessionId) -> Option<IncognitoSession> {
        self.with_incognito(caller, id, |held| held.clone())
    }

    /// Reads or changes an incognito conversation that `caller` may see.
    pub fn with_incognito<T>(
        &self,
        caller: Caller,
        id: SessionId,
        work: impl FnOnce(&mut IncognitoSession) -> T,
    ) -> Option<T> {
        let live = self.find(id)?;
        let mut incognito = live.incognito();
        let held = incognito.as_mut().filter(|held| caller.may_act_for(held.session.user_id))?;
        Some(work(held))
    }

    /// The conversations that exist in RAM only, newest first.
    pub fn list_incognito(&self, caller: Caller, user_id: domain::UserId) -> Vec<Session> {
        let mut sessions: Vec<Session> = self
            .lock()
            .values()
            .filter_map(|live| {
                let incognito = live.incognito();
                let held = incognito.as_ref().filter(|held| held.only_here)?;
                (held.session.user_id == user_id && caller.may_act_for(user_id)).then(|| held.session.clone())
            })
            .collect();
        sessions.sort_by_key(|session| std::cmp::Reverse(session.id));
        sessions
    }

    pub fn find_incognito_turn(&self, caller: Caller, id: TurnId) -> Option<(Turn, Vec<Message>)> {
        let sessions: Vec<Arc<LiveSession>> = self.lock().values().cloned().collect();
        sessions.into_iter().find_map(|live| {
            let incognito = live.incognito();
            let held = incognito.as_ref().filter(|held| caller.may_act_for(held.session.user_id))?;
            let turn = held.turns.iter().find(|turn| turn.id == id)?.clone();
            let messages = held.messages.iter().filter(|message| message.turn_id == id).cloned().collect();
            Some((turn, messages))
        })
    }

    /// Forgets everything about a session.
    pub fn remove(&self, id: SessionId) {
        self.lock().remove(&id);
    }

    /// Forgets every session for which `gone` holds. Sessions that are not incognito are told by their id alone.
    pub fn remove_profile(&self, gone: domain::ProfileId) {
        self.lock()
            .retain(|_, live| live.incognito().as_ref().is_none_or(|held| held.scope.profile_id() != gone));
    }

    pub fn remove_user(&self, gone: domain::UserId) {
        self.lock()
            .retain(|_, live| live.incognito().as_ref().is_none_or(|held| held.session.user_id != gone));
    }

    /// Forgets the sessions that nobody has used for half an hour.
    pub fn tidy(&self, now: Timestamp) {
        self.lock().retain(|_, live| {
            let last_used_s = *live.last_used_s.lock().unwrap_or_else(PoisonError::into_inner);
            if now.as_second() - last_used_s >= CONTEXT_SECONDS_MAX {
                live.context().kept = None;
            }
            live.queued.load(Ordering::Relaxed) > 0 || now.as_second() - last_used_s < IDLE_SECONDS_MAX
        });
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SessionId, Arc<LiveSession>>> {
        self.by_id.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LiveSession {
    fn context(&self) -> MutexGuard<'_, KeptContext> {
        self.context.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn incognito(&self) -> MutexGuard<'_, Option<IncognitoSession>> {
        self.incognito.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn pseudonyms(&self) -> MutexGuard<'_, Pseudonyms> {
        self.pseudonyms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What was said is overwritten in RAM, in every copy.
impl Drop for IncognitoSession {
    fn drop(&mut self) {
        self.messages.iter_mut().for_each(|message| message.content.zeroize());
    }
}

impl IncognitoSession {
    pub(crate) fn push_message(&mut self, message: Message) {
        if self.messages.len() >= INCOGNITO_MESSAGES_MAX {
            self.messages.remove(0).content.zeroize();
        }
        self.messages.push(message);
    }
}
