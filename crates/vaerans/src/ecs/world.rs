//! The world: entities, the versions of their components, and the arena behind them.

use super::system::{Models, NoModels};
use super::trace::{Clock, TraceRow};
use crate::arena::{Arena, ArenaStats, DType, External, TensorRef};
use crate::component::{Component, Kind, Meta};
use crate::error::{Dims, Error, Result};
use crate::pool;
use crate::registry::{keys, Registry};
use crate::wire::Limits;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use vaerans_kernels::Kernels;

/// An entity: one job.
pub type EntityId = u64;

/// Number of a step, or of something attached by hand; grows for ever within a world.
pub type StepId = u64;

/// Rows of its trace that a world keeps: a service that runs for weeks must not grow by them.
pub const TRACE_ROWS: usize = 10_000;

/// How to make a [`World`].
#[derive(Clone)]
pub struct WorldOptions {
    /// Budget of the arena in bytes.
    pub arena_bytes: usize,
    /// Threads; none: the environment, then the cores this process may use.
    pub threads: Option<usize>,
    /// Kernels to use.
    pub kernels: Kernels,
    /// Bounds on untrusted sizes.
    pub limits: Limits,
    /// Where times come from.
    pub clock: Option<Arc<dyn Clock>>,
    /// Whether steps leave rows in the trace.
    pub trace: bool,
    /// Seed for systems that draw numbers.
    pub seed: u64,
    /// Whether every result of a pipe stays. If not, one that no later step of the pipe reads is dropped at once, except what the
    /// pipe ends with and what is asked for.
    pub keep_all: bool,
    /// Most entities of one shape that a step is given at once; steps that want more at a time get as many as they want.
    pub batch: usize,
    /// What systems there are: plans name the one that is missing.
    pub registry: Option<&'static Registry>,
    /// Where steps find learned models.
    pub models: Arc<dyn Models>,
}

impl WorldOptions {
    /// Defaults with these kernels: 512 MiB, all cores, no clock, no trace.
    pub fn new(kernels: Kernels) -> WorldOptions {
        WorldOptions {
            arena_bytes: 512 << 20,
            threads: None,
            kernels,
            limits: Limits::default(),
            clock: None,
            trace: false,
            seed: 0,
            keep_all: true,
            batch: 1,
            registry: None,
            models: Arc::new(NoModels),
        }
    }
}

/// Counts of what a world did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WorldStats {
    /// The arena.
    pub arena: ArenaStats,
    /// Entities that live now.
    pub entities: usize,
    /// Buffers taken over without a copy.
    pub leases: u64,
    /// Buffers copied on their way in.
    pub copies: u64,
    /// Bytes of those copies.
    pub copied_bytes: u64,
}

#[derive(Debug, Clone)]
pub(crate) struct Version {
    pub key: String,
    pub step: StepId,
    pub component: Component,
}

/// Entities with their components, an arena, and the settings steps run with.
pub struct World {
    pub(crate) arena: Arena,
    pub(crate) threads: usize,
    pub(crate) options: WorldOptions,
    pub(crate) trace: Vec<TraceRow>,
    entities: BTreeMap<EntityId, Vec<Version>>,
    next_entity: EntityId,
    next_step: StepId,
    scratch: HashMap<String, TensorRef>,
    stats: WorldStats,
}

impl World {
    /// An empty world.
    ///
    /// # Errors
    /// `param.range` for an impossible arena or number of threads, `limit.memory`.
    pub fn new(options: WorldOptions) -> Result<World> {
        let arena = Arena::new(options.arena_bytes).map_err(|e| match e.code() {
            "limit.memory" => Error::new("limit.memory", format!("{} (lower arena_bytes)", e.message())),
            _ => e,
        })?;
        arena.advise("limit.arena", "; raise arena_bytes or despawn entities");
        Ok(World {
            arena,
            threads: pool::resolve(options.threads)?,
            options,
            trace: Vec::new(),
            entities: BTreeMap::new(),
            next_entity: 1,
            next_step: 1,
            scratch: HashMap::new(),
            stats: WorldStats::default(),
        })
    }

    /// From now on it serves a file under these limits, which are all that its caller knows of.
    #[cfg(feature = "decode")]
    pub(crate) fn serve(&mut self, limits: &Limits) {
        self.options.limits = *limits;
        self.arena.advise("limit.memory", limits.advice(crate::wire::Limit::Bytes));
    }

    /// Its arena.
    pub fn arena(&self) -> &Arena {
        &self.arena
    }

    /// The kernels its steps run with.
    pub fn kernels(&self) -> Kernels {
        self.options.kernels
    }

    /// Threads its steps may use.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// Seed for systems that draw numbers.
    pub fn seed(&self) -> u64 {
        self.options.seed
    }

    /// Rows left by the steps that ran, oldest first: at least the newest [`TRACE_ROWS`], at most twice as many.
    pub fn trace(&self) -> &[TraceRow] {
        &self.trace
    }

    /// Forgets the oldest rows of the trace, so that `most` of them are left.
    pub fn trim_trace(&mut self, most: usize) {
        let old = self.trace.len().saturating_sub(most);
        self.trace.drain(..old);
    }

    /// Forgets the trace.
    pub fn clear_trace(&mut self) {
        self.trace.clear();
    }

    /// Adds a row for a step that the caller ran.
    pub fn add_trace(&mut self, row: TraceRow) {
        if self.options.trace {
            if self.trace.len() >= 2 * TRACE_ROWS {
                self.trim_trace(TRACE_ROWS);
            }
            self.trace.push(row);
        }
    }

    /// Counts.
    pub fn stats(&self) -> WorldStats {
        WorldStats { arena: self.arena.stats(), entities: self.entities.len(), ..self.stats }
    }

    /// A new entity without components.
    pub fn new_entity(&mut self) -> EntityId {
        let id = self.next_entity;
        self.next_entity += 1;
        self.entities.insert(id, Vec::new());
        id
    }

    /// A fresh number for a step.
    pub fn new_step(&mut self) -> StepId {
        self.next_step += 1;
        self.next_step - 1
    }

    /// An entity whose image is memory that someone else owns; nothing is copied.
    pub fn lease_image(&mut self, memory: Box<dyn External>, dtype: DType, shape: &[usize]) -> Result<EntityId> {
        check_image(dtype, shape, &self.options.limits)?;
        let t = self.arena.lease(memory, dtype, shape)?;
        self.stats.leases += 1;
        self.spawn(t)
    }

    /// Entities whose images lie one after another in one buffer, copied once. Gives one entity
    /// per slice of the first axis of `shape` (N, H, W, C).
    pub fn copy_images(
        &mut self,
        dtype: DType,
        shape: &[usize],
        fill: impl FnOnce(&mut [u8]),
    ) -> Result<Vec<EntityId>> {
        let (&n, image) = shape.split_first().ok_or_else(|| Error::new("param.shape", "a batch needs a first axis"))?;
        check_image(dtype, image, &self.options.limits)?;
        let mut batch = self.arena.alloc(dtype, shape)?;
        fill(batch.as_mut_bytes());
        let batch = batch.freeze();
        self.stats.copies += 1;
        self.stats.copied_bytes += batch.byte_len() as u64;
        (0..n).map(|i| batch.subref_axis0(i).and_then(|t| self.spawn(t))).collect()
    }

    fn spawn(&mut self, image: TensorRef) -> Result<EntityId> {
        let meta = Meta::Image { colourspace: "sRGB".into() };
        let id = self.new_entity();
        self.attach(id, keys::IMAGE, Component::new(Kind::Image, image).with_meta(meta), None)?;
        Ok(id)
    }

    /// Puts a component under `key`, as a new version; `step` is the step that made it.
    ///
    /// # Errors
    /// `pipe.unknown_entity`.
    pub fn attach(&mut self, id: EntityId, key: &str, component: Component, step: Option<StepId>) -> Result<()> {
        let step = step.unwrap_or_else(|| self.new_step());
        let versions = self.versions_mut(id)?;
        versions.retain(|v| v.step != step || v.key != key);
        versions.push(Version { key: key.to_string(), step, component });
        Ok(())
    }

    pub(crate) fn versions(&self, id: EntityId) -> Result<&[Version]> {
        self.entities.get(&id).map(Vec::as_slice).ok_or_else(|| unknown(id))
    }

    pub(crate) fn versions_mut(&mut self, id: EntityId) -> Result<&mut Vec<Version>> {
        self.entities.get_mut(&id).ok_or_else(|| unknown(id))
    }

    /// The newest component under `key`, or the one that `step` made.
    ///
    /// # Errors
    /// `pipe.unknown_entity`, `pipe.missing_component`.
    pub fn component(&self, id: EntityId, key: &str, step: Option<StepId>) -> Result<&Component> {
        Ok(self.version(id, key, step)?.1)
    }

    /// The same, with the step that made it.
    ///
    /// # Errors
    /// `pipe.unknown_entity`, `pipe.missing_component`.
    pub fn version(&self, id: EntityId, key: &str, step: Option<StepId>) -> Result<(StepId, &Component)> {
        let versions = self.versions(id)?;
        let found = versions.iter().rev().find(|v| v.key == key && step.is_none_or(|s| s == v.step));
        found.map(|v| (v.step, &v.component)).ok_or_else(|| {
            let mut there: Vec<_> = versions.iter().map(|v| v.key.as_str()).collect();
            there.dedup();
            let text = format!("entity {id} has no {key}; it has: {}", there.join(", "));
            Error::new("pipe.missing_component", text)
        })
    }

    /// Keys and steps of an entity's components, oldest first.
    pub fn keys(&self, id: EntityId) -> Result<Vec<(String, StepId)>> {
        Ok(self.versions(id)?.iter().map(|v| (v.key.clone(), v.step)).collect())
    }

    /// Removes every version of `key`.
    ///
    /// # Errors
    /// `pipe.missing_component` where there is none.
    pub fn detach(&mut self, id: EntityId, key: &str) -> Result<()> {
        self.component(id, key, None)?;
        self.versions_mut(id)?.retain(|v| v.key != key);
        Ok(())
    }

    /// Removes the versions that `steps` made.
    pub(crate) fn drop_steps(&mut self, id: EntityId, steps: &[StepId]) -> Result<()> {
        self.versions_mut(id)?.retain(|v| !steps.contains(&v.step));
        Ok(())
    }

    /// Ids of all entities.
    pub fn entities(&self) -> Vec<EntityId> {
        self.entities.keys().copied().collect()
    }

    /// Removes an entity; its memory comes back once nobody else holds it.
    ///
    /// # Errors
    /// `pipe.unknown_entity`.
    pub fn despawn(&mut self, id: EntityId) -> Result<()> {
        self.entities.remove(&id).map(drop).ok_or_else(|| unknown(id))
    }

    /// A named buffer that is kept and used again while its shape and dtype stay the same.
    pub fn scratch(&mut self, name: &str, dtype: DType, shape: &[usize]) -> Result<TensorRef> {
        match self.scratch.get(name) {
            Some(t) if t.dtype() == dtype && t.shape() == shape => return Ok(t.clone()),
            _ => self.scratch.remove(name),
        };
        let t = self.arena.alloc(dtype, shape)?.freeze();
        self.scratch.insert(name.to_string(), t.clone());
        Ok(t)
    }

    /// Removes all entities and takes all memory back.
    ///
    /// # Errors
    /// `param.arena_in_use` while a view lives; then nothing is removed.
    pub fn reset(&mut self) -> Result<()> {
        self.arena.reset()?;
        self.entities.clear();
        self.scratch.clear();
        Ok(())
    }
}

fn unknown(id: EntityId) -> Error {
    Error::new("pipe.unknown_entity", format!("entity {id} does not exist (never spawned, or despawned)"))
}

/// Checks that `shape` and `dtype` are those of an image (H, W, C).
///
/// # Errors
/// `param.shape`, `param.dtype`, `data.empty`, `limit.dimensions`.
pub fn check_image(dtype: DType, shape: &[usize], limits: &Limits) -> Result<()> {
    let [h, w, c] = shape else {
        return Err(Error::new("param.shape", format!("an image of shape {}; (H, W, C) expected", Dims(shape))));
    };
    if !matches!(dtype, DType::U8 | DType::U16) {
        return Err(Error::new("param.dtype", format!("an image of {dtype}; uint8 or uint16 expected")));
    }
    if !(1..=4).contains(c) {
        return Err(Error::new("param.shape", format!("an image of {c} channels; 1 to 4 expected")));
    }
    if *h == 0 || *w == 0 {
        return Err(Error::new("data.empty", format!("an image of {w} x {h} pixels")));
    }
    limits.check_picture(*w as u64, *h as u64).map(drop)
}
