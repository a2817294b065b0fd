//! The executor: what it keeps, what it takes, and what it runs together.

use super::run::{Run, Slots};
use super::test_kit::{native, scene_u8, SplitMix64};
use super::Progress;
use crate::arena::{Arena, DType};
use crate::component::{Component, Kind, Params};
use crate::ecs::{
    Ctx, Cursor, EntityId, Foreign, Input, Native, Need, Output, Pipe, Planned, Planner, Step, System, TensorType, Ty,
    World, WorldOptions,
};
use crate::error::Result;
use crate::registry::{Entry, Family};
use crate::wire::Limits;
use crate::REGISTRY;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use vaerans_kernels::Kernels;

/// There and back, with parameters of their own.
fn chain() -> Vec<Native> {
    let there = [
        native("YCoCgR", Params::new().with("float", true.into())),
        native("WaveletCDF97", Params::new().with("levels", 3i64.into())),
        native("DeadZone", Params::new()),
        native("ANSEncode", Params::new().with("adaptive", true.into())),
    ];
    let back: Vec<_> = there.iter().rev().map(|s| s.undo().unwrap()).collect();
    there.into_iter().chain(back).collect()
}

/// The steps of [`chain`] for a picture; what it gives stands in the last slot.
fn planned(shape: &[usize]) -> Vec<Planned> {
    let ty = Ty::fresh("RGB", Kind::Image, TensorType::known(DType::U8, shape));
    let mut planner = Planner::new(Some(&REGISTRY), vec![ty]);
    let mut at = 0;
    for step in chain() {
        at = planner.add(&Step::Native(step), Cursor::Slot(at), None).unwrap();
    }
    planner.steps
}

fn image(arena: &Arena, shape: &[usize]) -> Slots {
    let samples = scene_u8(shape[1], shape[0], shape[2]);
    vec![Some(Component::new(Kind::Image, arena.put(shape, &samples).unwrap()))]
}

fn on(run: &Run, arena: &Arena, slots: &mut Slots) -> Result<()> {
    let limits = Limits::default();
    run.on(&Ctx::new(Kernels::active(), arena, &limits), std::slice::from_mut(slots))
}

/// Bytes that a tensor takes of an arena.
fn taken(bytes: usize) -> usize {
    bytes.max(1).next_multiple_of(crate::arena::ALIGN)
}

#[test]
fn what_no_step_reads_any_more_is_dropped() {
    let shape = [40, 56, 3];
    let (n, steps) = (40 * 56 * 3, planned(&shape));
    let end = steps.len();
    for keep in [None, Some(vec![end]), Some(vec![2, end]), Some(vec![0, 4])] {
        let arena = Arena::new(1 << 20).unwrap();
        let mut slots = image(&arena, &shape);
        on(&Run { steps: &steps, keep: keep.as_deref(), observer: None }, &arena, &mut slots).unwrap();
        let there: Vec<usize> = (0..slots.len()).filter(|&i| slots[i].is_some()).collect();
        // The picture's own result is read by nobody, and stays whether it was asked for or not.
        let mut expected = keep.clone().unwrap_or((0..=end).collect());
        expected.push(end);
        expected.dedup();
        assert_eq!(there, expected, "keep {keep:?}");
        let bytes = |slot: &usize| match slot {
            0 => taken(n),
            4 => 0, // the coder's bytes are leased
            s if *s == end => taken(n),
            _ => taken(4 * n),
        };
        assert_eq!(arena.stats().used, expected.iter().map(bytes).sum::<usize>(), "keep {keep:?}");
        if keep.is_some_and(|k| k.len() == 1) {
            // Never more than what a step reads and what it makes.
            assert_eq!(arena.stats().peak, 2 * taken(4 * n));
        }
    }
}

/// Notes the bytes in use after every step.
struct Used<'a>(&'a Arena, Mutex<Vec<usize>>);

impl super::run::Observer for Used<'_> {
    fn now(&self) -> u64 {
        0
    }

    fn ran(&self, _: &Planned, _: &crate::arena::TensorRef, _: &crate::arena::TensorRef, _: u64) {
        self.1.lock().unwrap().push(self.0.stats().used);
    }
}

#[test]
fn memory_falls_while_the_steps_run() {
    let (shape, n) = ([40, 56, 3], 40 * 56 * 3);
    let (steps, arena) = (planned(&shape), Arena::new(1 << 20).unwrap());
    let watch = Used(&arena, Mutex::default());
    let keep = [steps.len()];
    on(&Run { steps: &steps, keep: Some(&keep), observer: Some(&watch) }, &arena, &mut image(&arena, &shape)).unwrap();
    let (u8s, f32s) = (taken(n), taken(4 * n));
    let expected = [u8s + f32s, 2 * f32s, 2 * f32s, f32s, f32s, 2 * f32s, 2 * f32s, f32s + u8s];
    assert_eq!(*watch.1.lock().unwrap(), expected);
}

#[test]
fn the_forecast_is_what_an_arena_must_have() {
    let mut random = SplitMix64(3);
    let mut shapes = vec![[1, 1, 1], [40, 56, 3], [64, 64, 4], [3, 200, 2]];
    shapes
        .extend((0..10).map(|_| [1 + random.below(60), 1 + random.below(60), 1 + random.below(4)].map(|n| n as usize)));
    for shape in shapes {
        let steps = planned(&shape);
        for keep in [None, Some(vec![steps.len()]), Some(vec![1, 3])] {
            let run = Run { steps: &steps, keep: keep.as_deref(), observer: None };
            let forecast = run.arena_bytes(&[shape.iter().product::<usize>() as u64]) as usize;
            let arena = Arena::new(forecast).unwrap();
            on(&run, &arena, &mut image(&arena, &shape)).unwrap_or_else(|e| panic!("{shape:?} {keep:?}: {e}"));
            assert!(arena.stats().peak <= forecast, "{shape:?} {keep:?}");
            // And not one line of 64 bytes too much.
            if let Some(less) = forecast.checked_sub(64).filter(|&b| b > 0) {
                let arena = Arena::new(less).unwrap();
                let data = arena.put(&shape, &vec![0u8; shape.iter().product()]);
                let code = data.and_then(|d| on(&run, &arena, &mut vec![Some(Component::new(Kind::Image, d))]));
                assert_eq!(code.unwrap_err().code(), "limit.arena", "{shape:?} {keep:?}");
            }
        }
    }
}

fn world(keep_all: bool) -> World {
    let options =
        WorldOptions { arena_bytes: 1 << 20, registry: Some(&REGISTRY), ..WorldOptions::new(Kernels::active()) };
    World::new(WorldOptions { keep_all, threads: Some(1), ..options }).unwrap()
}

fn spawn(world: &mut World, shape: &[usize]) -> EntityId {
    let samples = scene_u8(shape[1], shape[0], shape[2]);
    world.lease_image(Box::new(samples), DType::U8, shape).unwrap()
}

fn keys(world: &World, id: EntityId) -> Vec<String> {
    world.keys(id).unwrap().into_iter().map(|(k, _)| k).collect()
}

fn done(progress: Result<Progress>) {
    assert!(matches!(progress.unwrap(), Progress::Done));
}

#[test]
fn a_world_that_does_not_keep_all_has_ends_and_what_was_asked_for() {
    let shape = [20, 30, 3];
    for asked in [None, Some("Planes"), Some("SymbolsU8"), Some("Bitstream")] {
        let mut world = world(false);
        let id = spawn(&mut world, &shape);
        let mut pipe = Pipe::new(vec![id]);
        chain()[..4].iter().for_each(|s| {
            pipe.to(&mut world, Step::Native(s.clone()), None);
        });
        done(pipe.advance_to(&mut world, asked));
        let mut expected = vec!["RGB", asked.unwrap_or("Bitstream"), "Bitstream"];
        expected.dedup();
        assert_eq!(keys(&world, id), expected, "asked for {asked:?}");
        let bytes = expected.iter().filter(|k| ["Planes", "SymbolsU8"].contains(k)).count() * taken(4 * 20 * 30 * 3);
        assert_eq!(world.stats().arena.used, bytes);
        // Going on from the end works, from what is gone it does not; what a step read is gone then, too.
        let mut fork = pipe.fork();
        chain()[4..].iter().for_each(|s| {
            pipe.to(&mut world, Step::Native(s.clone()), None);
        });
        done(pipe.advance(&mut world));
        assert_eq!(keys(&world, id), ["RGB", "ReconRGB"]);
        fork.select("WaveletPyr");
        fork.to(&mut world, Step::Native(native("WaveletCDF97Inverse", Params::new())), None);
        let code = fork.advance(&mut world).map(|_| ()).unwrap_err().code();
        assert!(["pipe.missing_input", "pipe.missing_component"].contains(&code), "{code}");
    }
    let mut world = world(true);
    let id = spawn(&mut world, &shape);
    let mut pipe = Pipe::new(vec![id]);
    chain()[..4].iter().for_each(|s| {
        pipe.to(&mut world, Step::Native(s.clone()), None);
    });
    done(pipe.advance(&mut world));
    assert_eq!(keys(&world, id), ["RGB", "Planes", "WaveletPyr", "SymbolsU8", "Bitstream"]);
}

#[test]
fn what_a_later_part_of_the_pipe_reads_outlives_a_step_of_the_caller() {
    let mut world = world(false);
    let id = spawn(&mut world, &[8, 8, 3]);
    let mut pipe = Pipe::new(vec![id]);
    pipe.to(&mut world, Step::Native(native("YCoCgR", Params::new())), None);
    let wavelet = native("WaveletCDF53", Params::new());
    let planes = pipe.cursor.clone();
    pipe.to(&mut world, Step::Native(wavelet), None);
    let foreign = Foreign {
        handle: 1,
        name: "Look".into(),
        number: 0,
        params: Params::new(),
        needs: vec![Need::cursor(&[Kind::Wavelet])],
        produces: vec![("Seen".into(), Kind::Foreign)],
        infer: None,
        is_inverse: false,
        is_recorded: false,
    };
    pipe.to(&mut world, Step::Foreign(Arc::new(foreign)), None);
    pipe.cursor = planes;
    pipe.to(&mut world, Step::Native(native("WaveletHaar", Params::new())), Some("Haar".into()));
    let Progress::Foreign(call) = pipe.advance(&mut world).unwrap() else { panic!("a foreign step is due") };
    // The planes are read again behind the foreign step, the pyramid by it.
    assert_eq!(keys(&world, id), ["RGB", "Planes", "WaveletPyr"]);
    let seen = world.arena().put(&[1], &[1u8]).unwrap();
    world.attach(id, "Seen", Component::new(Kind::Foreign, seen), Some(call.step)).unwrap();
    pipe.finish_foreign(&mut world, &call).unwrap();
    done(pipe.advance(&mut world));
    assert_eq!(keys(&world, id), ["RGB", "Seen", "Haar"]);
}

static CALLS: Mutex<Vec<(usize, usize)>> = Mutex::new(Vec::new());
static ALONE: AtomicUsize = AtomicUsize::new(0);

/// Doubles bytes, and notes how many entities came at once and of which size.
struct Together(usize);

fn doubled(ctx: &Ctx, input: &Input) -> Result<Output> {
    let data = &input.component.data;
    let bytes: Vec<u8> = data.read::<u8>()?.iter().map(|v| v.wrapping_mul(2)).collect();
    Ok(ctx.arena.put(data.shape(), &bytes)?.into())
}

impl System for Together {
    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Output> {
        ALONE.fetch_add(1, Ordering::Relaxed);
        doubled(ctx, &inputs[0])
    }

    fn run_batch(&self, ctx: &Ctx, batch: &[Vec<Input>]) -> Result<Vec<Output>> {
        CALLS.lock().unwrap().push((batch.len(), batch[0][0].component.data.len()));
        batch.iter().map(|inputs| doubled(ctx, &inputs[0])).collect()
    }

    fn batch(&self) -> usize {
        self.0
    }
}

const DOUBLE: Entry = Entry {
    number: 0x7001,
    name: "Double",
    inverse_name: Some("Halve"),
    family: Family::Filter,
    takes: &[Kind::Image],
    gives: Kind::Image,
    key: "Doubled",
    ..Entry::BASE
};
static IN_FOURS: Entry = Entry { forward: Some(|_| Ok(Arc::new(Together(4)))), ..DOUBLE };
static ALONE_ENTRY: Entry = Entry { forward: Some(|_| Ok(Arc::new(Together(1)))), ..DOUBLE };

#[test]
fn entities_of_one_shape_run_together() {
    let pipe_of = |entry: &'static Entry, batch: usize| {
        let options = WorldOptions { arena_bytes: 1 << 20, batch, trace: true, ..WorldOptions::new(Kernels::active()) };
        let mut world = World::new(options).unwrap();
        let shapes = [[2, 3, 1], [4, 4, 1], [2, 3, 1], [2, 3, 1], [4, 4, 1], [2, 3, 1], [2, 3, 1], [2, 3, 1]];
        let ids: Vec<_> = shapes.iter().map(|s| spawn(&mut world, s)).collect();
        let mut pipe = Pipe::new(ids.clone());
        pipe.to(&mut world, Step::Native(Native::forward(entry, &Params::new()).unwrap()), None);
        CALLS.lock().unwrap().clear();
        ALONE.store(0, Ordering::Relaxed);
        done(pipe.advance(&mut world));
        for (id, shape) in ids.into_iter().zip(shapes) {
            let made = world.component(id, "Doubled", None).unwrap();
            let expected: Vec<u8> = scene_u8(shape[1], shape[0], 1).iter().map(|v| v.wrapping_mul(2)).collect();
            assert_eq!((&made.data.read::<u8>().unwrap()[..], made.data.shape()), (&expected[..], &shape[..]));
            assert_eq!(made.lineage.last().map(|s| s.number), Some(0x7001));
        }
        assert_eq!(world.trace().iter().map(|r| r.entities).sum::<usize>(), 8);
        let mut calls = CALLS.lock().unwrap().clone();
        calls.sort_unstable();
        (calls, ALONE.load(Ordering::Relaxed))
    };
    // Six of 6 bytes and two of 16: in fours that is 4 and 2, and 2.
    assert_eq!(pipe_of(&IN_FOURS, 1), (vec![(2, 6), (2, 16), (4, 6)], 0));
    // The world may ask for more than the step does.
    assert_eq!(pipe_of(&ALONE_ENTRY, 5), (vec![(2, 16), (5, 6)], 1));
    assert_eq!(pipe_of(&IN_FOURS, 100), (vec![(2, 16), (6, 6)], 0));
    assert_eq!(pipe_of(&ALONE_ENTRY, 1), (vec![], 8));
}
