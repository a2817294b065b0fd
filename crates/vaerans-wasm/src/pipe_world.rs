//! Worlds: entities and their components, in and out of JavaScript by one copy each.

use crate::{limits, thrown};
use js_sys::{Array, Uint8Array};
use std::sync::Arc;
use vaerans::arena::DType;
use vaerans::bitstream;
use vaerans::bitstream::Metadata;
use vaerans::codec::coded;
use vaerans::codec::open::Opened;
use vaerans::component::{Component, Kind, Meta};
use vaerans::ecs::{self, Clock, TraceRow, WorldOptions};
use vaerans::kernels::Kernels;
use vaerans::registry::keys;
use vaerans::wire::{Limits, Slice};
use vaerans::{Error, Result, REGISTRY};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// Milliseconds.
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

struct Page;

impl Clock for Page {
    fn nanos(&self) -> u64 {
        (now() * 1e6) as u64
    }
}

/// Rows of the trace that are kept; a page that runs for days must not fill its memory with them.
const TRACE: usize = 1024;

type Thrown<T> = std::result::Result<T, JsValue>;

/// Some values of different types.
pub fn list<const N: usize>(values: [JsValue; N]) -> Array {
    values.into_iter().collect()
}

fn numbers(values: &[usize]) -> JsValue {
    values.iter().map(|&n| JsValue::from(n as f64)).collect::<Array>().into()
}

/// A step as JavaScript has it: -1 is the newest.
fn step(n: f64) -> Option<u64> {
    (n >= 0.0).then_some(n as u64)
}

/// Entities with their components. Numbers of entities and steps are whole and below 2^53: web/src checks them.
#[wasm_bindgen]
pub struct World(pub(crate) ecs::World);

impl World {
    /// Forgets the oldest rows once there are twice as many as are kept.
    pub fn trim_trace(&mut self) {
        if self.0.trace().len() >= 2 * TRACE {
            self.0.trim_trace(TRACE);
        }
    }

    fn spawn(&mut self, samples: &Uint8Array, dtype: &str, shape: [usize; 3]) -> Result<f64> {
        let dtype = DType::parse(dtype)?;
        check_bytes(samples, dtype, &shape)?;
        let [height, width, channels] = shape;
        let ids = self.0.copy_images(dtype, &[1, height, width, channels], |to| samples.copy_to(to))?;
        Ok(ids[0] as f64)
    }

    fn attach(
        &mut self,
        entity: u64,
        key: &str,
        data: &Uint8Array,
        dtype: &str,
        shape: &[usize],
        kind: Kind,
    ) -> Result<()> {
        let dtype = DType::parse(dtype)?;
        check_bytes(data, dtype, shape)?;
        let mut tensor = self.0.arena().alloc(dtype, shape)?;
        data.copy_to(tensor.as_mut_bytes());
        let meta = match kind {
            Kind::Image => Meta::Image { colourspace: "sRGB".into() },
            _ => Meta::None,
        };
        self.0.attach(entity, key, Component::new(kind, tensor.freeze()).with_meta(meta), None)
    }

    fn open(&mut self, file: &[u8], limits: &Limits) -> Result<f64> {
        let source = Slice(file);
        let id = Opened::new(&source, &REGISTRY, limits)?.spawn(&mut self.0)?;
        Ok(id as f64)
    }

    fn streams(&self, entity: u64, keys: &[String], steps: &[f64]) -> Result<Vec<u8>> {
        let one = |(key, n): (&String, &f64)| self.0.component(entity, key, step(*n)).cloned();
        let components = keys.iter().zip(steps).map(one).collect::<Result<Vec<_>>>()?;
        let named: Vec<_> = keys.iter().map(String::as_str).zip(&components).collect();
        bitstream::to_vec(&coded::item(&REGISTRY, &named, Metadata::default())?)
    }
}

fn check_bytes(data: &Uint8Array, dtype: DType, shape: &[usize]) -> Result<()> {
    let needed = shape.iter().try_fold(dtype.size(), |n, &d| n.checked_mul(d));
    match data.length() as usize {
        there if needed == Some(there) => Ok(()),
        there => Err(Error::new("param.shape", format!("{there} bytes for shape {shape:?} of {dtype}"))),
    }
}

fn shape(axes: &[u32]) -> Vec<usize> {
    axes.iter().map(|&n| n as usize).collect()
}

#[wasm_bindgen]
impl World {
    /// With an arena of so many bytes.
    #[wasm_bindgen(constructor)]
    pub fn new(arena_bytes: f64, trace: bool, seed: f64) -> Thrown<World> {
        let options = WorldOptions {
            arena_bytes: arena_bytes as usize,
            threads: Some(1),
            clock: Some(Arc::new(Page)),
            trace,
            seed: seed as u64,
            registry: Some(&REGISTRY),
            ..WorldOptions::new(Kernels::active())
        };
        ecs::World::new(options).map(World).map_err(thrown)
    }

    /// Instruction set of the kernels.
    pub fn isa(&self) -> String {
        self.0.kernels().isa().name().into()
    }

    pub fn new_entity(&mut self) -> f64 {
        self.0.new_entity() as f64
    }

    /// An entity whose RGB is a copy of these samples.
    pub fn spawn_image(
        &mut self,
        samples: &Uint8Array,
        dtype: &str,
        height: u32,
        width: u32,
        channels: u32,
    ) -> Thrown<f64> {
        self.spawn(samples, dtype, [height, width, channels].map(|n| n as usize)).map_err(thrown)
    }

    /// An entity with the streams of a file.
    pub fn spawn_bitstream(&mut self, file: &[u8], max_bytes: f64, max_pixels: f64, max_elements: f64) -> Thrown<f64> {
        self.open(file, &limits(max_bytes, max_pixels, max_elements)).map_err(thrown)
    }

    /// Puts a copy of a tensor under `key`; its kind follows from the key unless it is named.
    pub fn put(
        &mut self,
        entity: f64,
        key: &str,
        data: &Uint8Array,
        dtype: &str,
        axes: &[u32],
        kind: Option<String>,
    ) -> Thrown<()> {
        let kind = match kind {
            None => keys::kind_of(key),
            Some(name) => Kind::parse(&name).ok_or_else(|| {
                let all: Vec<_> = Kind::ALL.iter().map(|k| k.name()).collect();
                thrown(Error::new("param.range", format!("kind {name:?}; one of {}", all.join(", "))))
            })?,
        };
        self.attach(entity as u64, key, data, dtype, &shape(axes), kind).map_err(thrown)
    }

    pub fn despawn(&mut self, entity: f64) -> Thrown<()> {
        self.0.despawn(entity as u64).map_err(thrown)
    }

    /// Removes all entities.
    pub fn reset(&mut self) -> Thrown<()> {
        self.0.reset().map_err(thrown)
    }

    pub fn entities(&self) -> Vec<f64> {
        self.0.entities().into_iter().map(|e| e as f64).collect()
    }

    /// [key, step] of an entity's components, oldest first.
    pub fn versions(&self, entity: f64) -> Thrown<Array> {
        let row = |(key, step): (String, u64)| JsValue::from(list([key.into(), (step as f64).into()]));
        Ok(self.0.keys(entity as u64).map_err(thrown)?.into_iter().map(row).collect())
    }

    /// [kind, dtype, shape] of a component.
    pub fn component(&self, entity: f64, key: &str, n: f64) -> Thrown<Array> {
        let c = self.0.component(entity as u64, key, step(n)).map_err(thrown)?;
        Ok(list([c.kind.name().into(), c.data.dtype().name().into(), numbers(c.data.shape())]))
    }

    /// A copy of a component's elements, little-endian.
    pub fn read(&self, entity: f64, key: &str, n: f64) -> Thrown<Uint8Array> {
        let c = self.0.component(entity as u64, key, step(n)).map_err(thrown)?;
        Ok(Uint8Array::from(&*c.data.bytes().map_err(thrown)?))
    }

    /// The file of an entity's bitstreams, each given by key and step.
    pub fn file(&self, entity: f64, keys: Vec<String>, steps: &[f64]) -> Thrown<Vec<u8>> {
        self.streams(entity as u64, &keys, steps).map_err(thrown)
    }

    /// Entities, leases, copies, copied bytes; of the arena: capacity, used, peak, allocations, views, resets.
    pub fn stats(&self) -> Vec<f64> {
        let s = self.0.stats();
        let a = s.arena;
        let counts = [s.entities as f64, s.leases as f64, s.copies as f64, s.copied_bytes as f64];
        let arena =
            [a.capacity as f64, a.used as f64, a.peak as f64, a.allocations as f64, a.pins as f64, a.resets as f64];
        [&counts[..], &arena[..]].concat()
    }

    /// Rows of the trace, their values in the order of web/src/pipe-world.ts.
    pub fn trace(&self) -> Array {
        self.0.trace().iter().map(|r| JsValue::from(row(r))).collect()
    }

    pub fn clear_trace(&mut self) {
        self.0.clear_trace();
    }
}

fn row(r: &TraceRow) -> Array {
    list([
        (r.step as f64).into(),
        r.system.as_str().into(),
        r.params.as_str().into(),
        (r.entities as f64).into(),
        numbers(&r.input.0),
        r.input.1.name().into(),
        numbers(&r.output.0),
        r.output.1.name().into(),
        (r.bytes as f64).into(),
        r.entropy.map_or(JsValue::NULL, JsValue::from),
        (r.nanos as f64).into(),
        r.isa.as_str().into(),
        (r.seed as f64).into(),
    ])
}
