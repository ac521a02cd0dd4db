//! A model that is asked in the background: what it may see, and a record of what it was told.

use std::sync::{Mutex, PoisonError};

use domain::turn::BackgroundCall;
use domain::{PrivacyMode, TurnId};
use llm::ModelError;
use llm::chat::{CompletionRequest, RoleModel};
use memory::MemoryError;
use privacy::{Outbound, Pseudonyms};
use store::Store;
use tracing::Instrument as _;

use crate::model_metrics::MeasuredCall;
use crate::privacy_guardian::{KnownFindings, PrivacyGuardian, disclosed};

/// The model of a role, asked about turns.
pub(crate) struct BackgroundModel<'a> {
    pub(crate) role: &'a RoleModel,
    /// `memory` or `analysis`.
    pub(crate) name: &'static str,
    pub(crate) guardian: &'a PrivacyGuardian,
    pub(crate) store: &'a Store,
    /// The turns whose receipts tell of the call.
    pub(crate) turn_ids: Vec<TurnId>,
}

impl BackgroundModel<'_> {
    /// Whether the policy lets the model see a text, be it with placeholders.
    pub(crate) fn may_see(&self, text: &str) -> bool {
        let strictest = || self.guardian.policy().strictest(&privacy::inspect(text), PrivacyMode::Normal);
        !self.role.model.is_remote() || strictest() != Outbound::Block
    }

    /// The model's answer. A remote one sees placeholders for what the policy holds back; its answer, which is JSON, has
    /// the values again.
    pub(crate) async fn ask(&self, request: &CompletionRequest) -> Result<String, MemoryError> {
        if !self.role.model.is_remote() {
            return Ok(self.complete(request).await?);
        }
        let pseudonyms = Mutex::new(Pseudonyms::new());
        let mut disguised = request.clone();
        let known = KnownFindings::default();
        self.guardian
            .disguise(&mut disguised.messages, PrivacyMode::Normal, false, &pseudonyms, &known)
            .await;
        let pseudonyms = pseudonyms.into_inner().unwrap_or_else(PoisonError::into_inner);
        // On record before it is made: a call that fails was made all the same.
        let call = BackgroundCall {
            role: self.name.to_owned(),
            model: self.role.model.name().to_owned(),
            host: self.role.model.host(),
            disclosed: disclosed(&disguised.messages, &pseudonyms),
        };
        self.store.add_background_call(self.turn_ids.clone(), call).await?;
        Ok(pseudonyms.restore_in_json(&self.complete(&disguised).await?))
    }

    async fn complete(&self, request: &CompletionRequest) -> Result<String, ModelError> {
        let call = MeasuredCall::start(self.name, self.role);
        let attempted = self.role.complete(request).instrument(call.span.clone()).await;
        call.end(attempted.attempts, None, attempted.result.as_ref().map(|completion| completion.usage));
        Ok(attempted.result?.text)
    }
}
