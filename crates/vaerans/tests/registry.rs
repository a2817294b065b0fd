//! Laws that hold for every entry of the registry: a new one is held to them without a line here.
#![allow(clippy::unwrap_used)] // a helper that unwraps fails its test where it should

mod common;

use common::inputs::{edges, given, needed, sources, Source};
use common::{bytes, models, run, world};
use std::collections::HashSet;
use vaerans::arena::{DType, TensorRef};
use vaerans::bitstream::{to_vec, Metadata};
use vaerans::codec::coded;
use vaerans::codec::open::{DecodeOptions, Decoded, Opened};
use vaerans::codec::tile::SampleBuf;
use vaerans::component::{Component, Kind, Params, Value};
use vaerans::ecs::{Cursor, EntityId, Native, Pipe, Plan, Planner, Step, StepId, TensorType, Ty, World};
use vaerans::kernels::Kernels;
use vaerans::registry::schema::{Giver, Param, Type, Use};
use vaerans::registry::{keys, Direction, Entry, Exactness, Family, Read, Role, PRIVATE};
use vaerans::wire::{Limits, Slice};
use vaerans::REGISTRY;

#[test]
fn numbers_and_names_are_unique_and_found() {
    let (mut numbers, mut names) = (HashSet::new(), HashSet::new());
    for e in REGISTRY.iter() {
        assert!(e.number > 0 && e.number < PRIVATE && numbers.insert(e.number), "{}: number {}", e.name, e.number);
        assert!(!e.summary.is_empty() && !e.takes.is_empty(), "{}", e.name);
        for name in [Some(e.name), e.inverse_name].into_iter().flatten() {
            assert!(!name.is_empty() && names.insert(name), "{name} twice");
        }
        assert!(std::ptr::eq(REGISTRY.by_number(e.number).unwrap(), e));
        assert_eq!(REGISTRY.by_name(e.name).unwrap().1, Direction::Forward);
        assert_eq!(keys::kind_of(e.key), e.gives, "{}: what stands under {}", e.name, e.key);
        if let Some(inverse) = e.inverse_name {
            assert_eq!(REGISTRY.by_name(inverse).unwrap().1, Direction::Inverse);
        } else {
            assert!(e.inverse.is_none(), "{} has an inverse without a name", e.name);
        }
    }
    let error = REGISTRY.by_name("NoSuch").map(|_| ()).unwrap_err();
    assert!(error.code() == "param.unknown" && REGISTRY.iter().all(|e| error.message().contains(e.name)), "{error}");
}

/// A value that is none of a parameter's.
fn wrong(p: &Param) -> (Value, &'static str) {
    match p.ty {
        Type::Flag => (Value::Int(1), "param.type"),
        Type::Int(_, most) => (Value::Int(most + 1), "param.range"),
        Type::Float(..) => (Value::Float(f64::NAN), "param.range"),
        Type::Choice(_) => (Value::Text("no such word".into()), "param.range"),
        Type::Key | Type::Text => (Value::Bool(true), "param.type"),
        Type::Bytes => (Value::Text("x".into()), "param.type"),
    }
}

#[test]
fn parameters_are_complete_to_themselves() {
    for e in REGISTRY.iter() {
        assert!(e.params.iter().all(|p| !p.text.is_empty()), "{}", e.name);
        for params in given(e) {
            let complete =
                e.complete(&params, Giver::User).unwrap_or_else(|error| panic!("{}({params}): {error}", e.name));
            for giver in [Giver::User, Giver::File, Giver::Codec] {
                assert_eq!(e.complete(&complete, giver).unwrap(), complete, "{}({params})", e.name);
            }
            // What a file stores: no shorthands, in the schema's order.
            let stored: Vec<_> = e.params.iter().filter(|p| p.usage == Use::Stored).map(|p| p.name).collect();
            let at = |name: &str| {
                stored.iter().position(|n| *n == name).unwrap_or_else(|| panic!("{} stores {name}", e.name))
            };
            assert!(complete.iter().map(|(n, _)| at(n)).collect::<Vec<_>>().is_sorted(), "{}({complete})", e.name);
        }
        for p in e.params {
            let code =
                |value: Value, giver| e.complete(&Params::new().with(p.name, value), giver).map_err(|e| e.code());
            let (value, expected) = wrong(p);
            let giver = if p.usage == Use::Internal { Giver::Codec } else { Giver::User };
            assert_eq!(code(value, giver), Err(expected), "{} {}", e.name, p.name);
            if p.usage != Use::Stored {
                assert_eq!(code(edges(p).remove(0), Giver::File), Err("param.unknown"), "{} {}", e.name, p.name);
            }
        }
        assert_eq!(
            e.complete(&Params::new().with("no such", Value::Int(1)), Giver::User).unwrap_err().code(),
            "param.unknown"
        );
    }
}

/// A planner that knows what an entity has, and the slot it begins at.
fn planner(world: &World, id: EntityId, key: &str) -> (Planner, usize) {
    let stored: Vec<_> = world.keys(id).unwrap().into_iter().collect();
    let ty = |(key, step): &(String, StepId)| Ty::of(key, world.component(id, key, Some(*step)).unwrap());
    let at = stored.iter().rposition(|(k, _)| k == key).unwrap();
    (Planner::new(Some(&REGISTRY), stored.iter().map(ty).collect()), at)
}

/// Whether these steps can be planned behind one another.
fn fits(world: &World, id: EntityId, key: &str, steps: &[Native]) -> bool {
    let (mut planner, mut at) = planner(world, id, key);
    steps.iter().all(|s| planner.add(&Step::Native(s.clone()), Cursor::Slot(at), None).map(|slot| at = slot).is_ok())
}

fn forward_of(e: &'static Entry) -> Option<Native> {
    Native::forward(e, &needed(e)).ok().filter(|_| e.runs(Direction::Forward) && e.is_recorded())
}

/// Chains of recorded steps after which `step` can take what there is: none or one in front, two where it must be; the
/// shortest alone if one will do.
fn ways(world: &World, id: EntityId, key: &str, step: &Native, one_will_do: bool) -> Vec<Vec<Native>> {
    let all: Vec<Native> = REGISTRY.iter().filter_map(forward_of).collect();
    let one = all.iter().map(|a| vec![a.clone()]);
    let two = all.iter().flat_map(|a| all.iter().map(move |b| vec![a.clone(), b.clone()]));
    let with = |front: &Vec<Native>| {
        let steps = [&front[..], std::slice::from_ref(step)].concat();
        // A step that reads other keys than the cursor does not go on from what is in front of it.
        steps.iter().skip(1).all(|s| s.entry.reads[0] == Read::Cursor) && fits(world, id, key, &steps)
    };
    let mut found: Vec<_> = std::iter::once(Vec::new()).chain(one).filter(with).collect();
    if found.is_empty() {
        found = two.filter(with).collect();
    }
    found.truncate(if one_will_do { 1 } else { usize::MAX });
    found
}

/// Runs `steps` on the newest component under `key` and holds what came to what was planned; gives the component that each
/// made, with what the pipe began with in front.
fn planned_run(world: &mut World, id: EntityId, key: &str, steps: &[Native], place: &str) -> Vec<(String, Component)> {
    let mut pipe = Pipe::new(vec![id]);
    pipe.select(key);
    steps.iter().for_each(|s| {
        pipe.to(world, Step::Native(s.clone()), None);
    });
    let plan = Plan::new(&pipe, world).unwrap_or_else(|e| panic!("{place}: {e}"));
    let first = (key.to_string(), world.component(id, key, None).unwrap().clone());
    run(&pipe, world).unwrap_or_else(|e| panic!("{place}: {e}"));
    let mut out = vec![first];
    for (planned, node) in plan.groups[0].steps.iter().zip(&pipe.nodes) {
        let made = world.component(id, &planned.output.key, Some(node.id)).unwrap();
        let (ty, came) = (&planned.output, TensorType::of(&made.data));
        assert_eq!((ty.kind, ty.tensor.dtype), (made.kind, came.dtype), "{place}: {}", planned.name);
        assert!(ty.tensor.shape.is_none() || ty.tensor.shape == came.shape, "{place}: {} for {}", came, ty.tensor);
        let past: Vec<_> =
            ty.past.iter().map(|p| (p.number, p.params.clone(), p.key.clone(), p.tensor.clone())).collect();
        let of = |o: &vaerans::component::Origin| TensorType::known(o.dtype, &o.shape);
        let steps = made.lineage.steps().iter();
        let lived: Vec<_> = steps.map(|s| (s.number, s.params.clone(), s.origin.key.clone(), of(&s.origin))).collect();
        assert_eq!(past, lived, "{place}: the history behind {}", planned.name);
        out.push((planned.output.key.clone(), made.clone()));
    }
    out
}

fn undone(steps: &[Native]) -> Vec<Native> {
    steps.iter().rev().map(|s| s.undo().unwrap()).collect()
}

/// The steps up to coded bytes: `steps`, with a coder behind them where there is one that takes what they give.
fn coded_by(world: &World, id: EntityId, key: &str, steps: &[Native]) -> Option<Vec<Native>> {
    let (mut planner, mut at) = planner(world, id, key);
    for s in steps {
        at = planner.add(&Step::Native(s.clone()), Cursor::Slot(at), None).unwrap();
    }
    if planner.ty(at).unwrap().kind == Kind::Bitstream {
        return Some(steps.to_vec());
    }
    let coder = REGISTRY.step("ANSEncode", &Params::new()).unwrap();
    let all = [steps, &[coder]].concat();
    fits(world, id, key, &all).then_some(all)
}

fn samples(decoded: Decoded) -> (Kind, TensorType, Vec<u8>) {
    match decoded {
        Decoded::Tensor(kind, t) => (kind, TensorType::of(&t), bytes(&t)),
        Decoded::Picture(i) => {
            let shape = [i.height, i.width, i.channels];
            let (dtype, bytes) = match i.samples {
                SampleBuf::U8(s) => (DType::U8, s),
                SampleBuf::U16(s) => (DType::U16, s.iter().flat_map(|v| v.to_ne_bytes()).collect()),
            };
            (Kind::Image, TensorType::known(dtype, &shape), bytes)
        }
    }
}

fn of(kind: Kind, t: &TensorRef) -> (Kind, TensorType, Vec<u8>) {
    (kind, TensorType::of(t), bytes(t))
}

/// What the file of these components gives.
fn through_a_file(components: &[(&str, &Component)], place: &str) -> (Kind, TensorType, Vec<u8>, bool) {
    let file = to_vec(&coded::item(&REGISTRY, components, Metadata::default()).unwrap()).unwrap();
    let source = Slice(&file);
    let opened = Opened::new(&source, &REGISTRY, &Limits::default()).unwrap_or_else(|e| panic!("{place}: {e}"));
    let opened = opened.with_models(models());
    let decoded =
        opened.decode(Kernels::active(), &DecodeOptions::default()).unwrap_or_else(|e| panic!("{place}: {e}"));
    let (kind, tensor, bytes) = samples(decoded);
    (kind, tensor, bytes, opened.info().is_lossless)
}

/// A pair on one input, in a world and through a file.
fn check_pair(source: &Source, front: &[Native], step: &Native) {
    let place = format!("{}: {}|{}({})", source.name, names(front), step.name(), step.params);
    let mut world = world(64 << 20);
    let id = world.new_entity();
    (source.put)(&mut world, id);
    let there = [front, std::slice::from_ref(step)].concat();
    let all = [&there[..], &[step.undo().unwrap()]].concat();
    let made = planned_run(&mut world, id, source.key, &all, &place);
    let (before, after) = (&made[front.len()], &made[front.len() + 2]);
    let exact = step.entry.exact.holds(&step.params, &TensorType::of(&before.1.data));
    let (was, is) = (of(before.1.kind, &before.1.data), of(after.1.kind, &after.1.data));
    assert_eq!((was.0, &was.1), (is.0, &is.1), "{place}: kind, dtype, shape");
    assert_eq!(before.1.lineage, after.1.lineage, "{place}: history");
    assert_eq!(after.0, if before.0 == "RGB" { "ReconRGB" } else { &before.0 }, "{place}: key");
    assert!(!exact || was.2 == is.2, "{place}: not exact");
    let Some(coding) = coded_by(&world, id, source.key, &there) else { return };
    // What a stream is, its first step says.
    if there[0].entry.role == Role::Main {
        let whole = [&coding[..], &undone(&coding)].concat();
        let made = planned_run(&mut world, id, source.key, &whole, &place);
        let (coded, back) = (&made[coding.len()], &made[whole.len()]);
        let file = through_a_file(&[("any name", &coded.1)], &place);
        assert_eq!((file.0, file.1, file.2), of(back.1.kind, &back.1.data), "{place}: through a file");
        let origin = &made[0].1;
        assert!(!file.3 || bytes(&origin.data) == bytes(&back.1.data), "{place}: the file says it is lossless");
    } else {
        let holds =
            |(s, (_, c)): (&Native, &(String, Component))| s.entry.exact.holds(&s.params, &TensorType::of(&c.data));
        check_refinement(source, &coding, there.iter().zip(&made).all(holds), &place);
    }
}

/// A stream that refines a picture, in a file with one that loses something.
fn check_refinement(source: &Source, coding: &[Native], exact: bool, place: &str) {
    let mut world = world(64 << 20);
    let id = world.new_entity();
    (source.put)(&mut world, id);
    let native = |name: &str, params: Params| REGISTRY.step(name, &params).unwrap();
    let lossy = [
        native("YCoCgR", Params::new().with("float", true.into())),
        native("DeadZone", Params::new().with("step", 900.0.into())),
        native("ANSEncode", Params::new()),
    ];
    let base = planned_run(&mut world, id, source.key, &[&lossy[..], &undone(&lossy)].concat(), place);
    let fine = planned_run(&mut world, id, source.key, coding, place);
    let main = &base[lossy.len()].1;
    let file = through_a_file(&[("a", main), ("b", &fine[coding.len()].1)], place);
    let origin = of(base[0].1.kind, &base[0].1.data);
    assert_eq!((file.0, &file.1), (origin.0, &origin.1), "{place}: refined");
    assert!(!exact || file.2 == origin.2, "{place}: refined, and not exact");
    assert_eq!(file.3, exact, "{place}: what the file says of itself");
}

fn names(steps: &[Native]) -> String {
    steps.iter().map(|s| s.name()).collect::<Vec<_>>().join("|")
}

#[test]
fn every_pair_comes_back() {
    // What needs a learned model has tests of its own, with one.
    let both = |e: &&Entry| e.runs(Direction::Forward) && e.runs(Direction::Inverse);
    for e in REGISTRY.iter().filter(|e| both(e) && e.family != Family::Network) {
        let (mut kinds, mut pairs, mut exact) = (HashSet::new(), 0, 0);
        for source in sources() {
            let mut world = world(8 << 20);
            let id = world.new_entity();
            (source.put)(&mut world, id);
            for (i, params) in given(e).into_iter().enumerate() {
                let step = Native::forward(e, &params).unwrap();
                for front in ways(&world, id, source.key, &step, i > 0) {
                    // The large picture is for what needs one; parameters are tried on the others.
                    if i > 0 && source.name.contains("170") {
                        continue;
                    }
                    let (mut planner, mut at) = planner(&world, id, source.key);
                    for s in &front {
                        at = planner.add(&Step::Native(s.clone()), Cursor::Slot(at), None).unwrap();
                    }
                    let ty = planner.ty(at).unwrap();
                    kinds.insert(ty.kind);
                    exact += usize::from(e.exact.holds(&step.params, &ty.tensor));
                    pairs += 1;
                    check_pair(&source, &front, &step);
                }
            }
        }
        assert!(pairs > 0, "no input for {}", e.name);
        let reached = |k: &Kind| kinds.contains(k) || e.reads.iter().all(|r| matches!(r, Read::Key(_)));
        let missing: Vec<_> = e.takes.iter().filter(|k| !reached(k)).collect();
        assert!(missing.is_empty(), "{} takes {missing:?} too, and nothing here makes them for it", e.name);
        assert!(exact > 0 || e.exact == Exactness::Never, "{} was never exact", e.name);
    }
}

#[test]
fn every_other_step_gives_what_was_planned() {
    for e in REGISTRY.iter().filter(|e| e.runs(Direction::Forward) && !e.is_recorded()) {
        let mut pairs = 0;
        for source in sources() {
            for params in given(e) {
                let mut world = world(8 << 20);
                let id = world.new_entity();
                (source.put)(&mut world, id);
                let step = Native::forward(e, &params).unwrap();
                if !fits(&world, id, source.key, std::slice::from_ref(&step)) {
                    continue;
                }
                let mut pipe = Pipe::new(vec![id]);
                pipe.select(source.key);
                pipe.to(&mut world, Step::Native(step.clone()), None);
                // Some pictures are too small for a window: that only their size shows, which is data.
                match run(&pipe, &mut world) {
                    Ok(()) => pairs += 1,
                    Err(error) => assert!(error.code().starts_with("data."), "{}: {error}", e.name),
                }
                let place = format!("{}: {}({params})", source.name, e.name);
                if world.component(id, e.key, None).is_ok() {
                    planned_run(&mut world, id, source.key, std::slice::from_ref(&step), &place);
                    assert!(world.component(id, e.key, None).unwrap().lineage.steps().is_empty());
                }
            }
        }
        assert!(pairs > 0, "no input for {}", e.name);
        assert_eq!(Native::inverse(e, &Params::new()).map(|_| ()).unwrap_err().code(), "pipe.no_inverse");
    }
}

#[test]
fn what_only_a_caller_runs_says_so() {
    for e in REGISTRY.iter().filter(|e| !e.runs(Direction::Forward)) {
        let code = REGISTRY.step(e.name, &Params::new()).map(|_| ()).unwrap_err().code();
        assert_eq!(code, "unavailable.feature", "{}", e.name);
    }
}
