//! Consolidation of a profile, step by step; a whole run can be taken back.

use domain::job::{ClaimedJob, JobPayload};
use domain::memory::ConsolidationRun;
use domain::{MemoryId, RunId, Timestamp};
use jiff::SignedDuration;
use store::{FadingRules, MemoryWrite, ProfileScope};

use crate::lifecycle::{ConsolidationPlan, last_standing, plan_merges, undo};
use crate::{Memories, MemoryError};

/// Memories that one step looks at.
const STEP: u32 = 500;
/// Runs that are listed.
const RUNS_LISTED: u32 = 100;

/// What a consolidation does besides merging.
#[derive(Clone, Copy, Debug)]
pub struct ConsolidationRules {
    /// Not said and not used for so long; `None`: nothing fades.
    pub fade_after: Option<SignedDuration>,
    /// Of at most this importance.
    pub fade_importance_max: f32,
}

/// A step of a run: what it changes, and where the next one begins.
#[derive(Clone, Debug, Default)]
pub struct ConsolidationStep {
    pub plan: ConsolidationPlan,
    pub next: Option<MemoryId>,
}

impl Memories {
    /// What a step behind `after` would change. Nothing is written.
    pub async fn plan_consolidation(
        &self,
        scope: ProfileScope,
        rules: ConsolidationRules,
        after: Option<MemoryId>,
    ) -> Result<ConsolidationStep, MemoryError> {
        let memories = self.store.list_active_memories_after(scope, after, STEP).await?;
        let next = (memories.len() == STEP as usize).then(|| memories.last().map(|last| last.id)).flatten();
        let place = self.load(scope).await?;
        let work = move || {
            place.read().as_deref().map(|index| plan_merges(memories.iter(), index)).unwrap_or_default()
        };
        // Comparing hundreds of memories is too much for an async thread.
        let merges = tokio::task::spawn_blocking(work).await.map_err(|_| store::StoreError::Closed)?;
        let mut plan = ConsolidationPlan { merges, fades: Vec::new() };
        if let Some(fade_after) = rules.fade_after.filter(|_| next.is_none()) {
            let before = self.clock.now().checked_sub(fade_after).unwrap_or(Timestamp::MIN);
            let rules = FadingRules { before, importance_max: rules.fade_importance_max };
            plan.fades = self.store.list_fading(scope, rules, u32::MAX).await?;
            let merging: Vec<MemoryId> = plan
                .merges
                .iter()
                .flat_map(|merge| merge.merged.iter().chain([&merge.kept]))
                .map(|one| one.id)
                .collect();
            plan.fades.retain(|memory| !merging.contains(&memory.id));
        }
        Ok(ConsolidationStep { plan, next })
    }

    /// Does one step of a run. Of a job, it ends the job and enqueues the next step, once or not at all.
    pub async fn consolidate(
        &self,
        scope: ProfileScope,
        rules: ConsolidationRules,
        run_id: RunId,
        after: Option<MemoryId>,
        job: Option<ClaimedJob>,
    ) -> Result<ConsolidationStep, MemoryError> {
        // Planned while nobody else changes the profile.
        let place = self.change(scope).await?;
        let step = self.plan_consolidation(scope, rules, after).await?;
        let (user_id, profile_id) = (scope.user_id(), scope.profile_id());
        let next = step.next.filter(|_| job.is_some()).map(|last| JobPayload::ConsolidateProfile {
            user_id,
            profile_id,
            run_id,
            after: Some(last),
        });
        let writes = step.plan.writes(run_id, self.clock.now());
        let storing = self.store.complete_consolidation(scope, job, writes.clone(), next);
        self.commit(scope, &place, &writes, storing).await?;
        Ok(step)
    }

    /// Does a whole run, or plans it if it has no id. Returns all that it changes.
    pub async fn consolidate_all(
        &self,
        scope: ProfileScope,
        rules: ConsolidationRules,
        run_id: Option<RunId>,
    ) -> Result<ConsolidationPlan, MemoryError> {
        let (mut all, mut after) = (ConsolidationPlan::default(), None);
        loop {
            let step = match run_id {
                Some(run_id) => self.consolidate(scope, rules, run_id, after, None).await?,
                None => self.plan_consolidation(scope, rules, after).await?,
            };
            all.merges.extend(step.plan.merges);
            all.fades.extend(step.plan.fades);
            after = step.next;
            if after.is_none() {
                return Ok(all);
            }
        }
    }

    /// The runs that changed something, newest first.
    pub async fn list_consolidation_runs(
        &self,
        scope: ProfileScope,
    ) -> Result<Vec<ConsolidationRun>, MemoryError> {
        Ok(self.store.list_consolidation_runs(scope, RUNS_LISTED).await?)
    }

    /// Takes back what a run changed, memory by memory. What was changed since stays as it is. Returns how many
    /// memories were restored.
    pub async fn undo_run(&self, scope: ProfileScope, run_id: RunId) -> Result<u64, MemoryError> {
        let place = self.change(scope).await?;
        let changes = self.store.list_history_of_run(scope, run_id).await?;
        if changes.is_empty() {
            return Err(store::StoreError::NotFound("consolidation run").into());
        }
        let now = self.clock.now();
        let mut writes: Vec<MemoryWrite> = changes
            .chunk_by(|a, b| a.memory_id == b.memory_id)
            .filter(|history| last_standing(history).is_some_and(|last| last.run_id == Some(run_id)))
            .filter_map(|history| undo(&history.last()?.after, history, now))
            .collect();
        let texts = writes.iter().map(|write| write.after.content.clone()).collect();
        for (write, embedding) in writes.iter_mut().zip(self.vectors.of_kept(texts).await?) {
            write.embedding = embedding;
            write.run_id = Some(run_id);
        }
        let storing = self.store.write_memories(scope, writes.clone());
        self.commit(scope, &place, &writes, storing).await?;
        Ok(writes.len() as u64)
    }
}
