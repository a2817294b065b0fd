//! What can be known of a pipe is said before it runs: once it was planned, it fails by its data, its bytes or a limit alone.
#![allow(clippy::unwrap_used)] // a helper that unwraps fails its test where it should

mod common;

use common::{put, step, world, SplitMix64};
use std::sync::Arc;
use vaerans::arena::DType;
use vaerans::codec::{ForeignCall, Progress};
use vaerans::component::{Component, Kind, Params, Value};
use vaerans::ecs::step::ForeignInfer;
use vaerans::ecs::{EntityId, Foreign, Native, Need, Pipe, Plan, Step, TensorType, Ty, World};
use vaerans::registry::schema::{Param, Type, Use};
use vaerans::registry::{Direction, Entry, Family};
use vaerans::{Error, REGISTRY};

/// A value of a parameter: mostly one that it takes.
fn value(random: &mut SplitMix64, p: &Param) -> Value {
    match (p.ty, random.below(12)) {
        (_, 0) => Value::Text("no such thing".into()),
        (_, 1) => Value::Int([-1, 0, 3, 31, i64::MAX][random.below(5) as usize]),
        (_, 2) => Value::Float([f64::NAN, -1.0, 0.5, 1e300][random.below(4) as usize]),
        (Type::Flag, _) => Value::Bool(random.below(2) == 0),
        (Type::Int(least, most), n) => {
            let span = (most - least) as u64 + 1;
            Value::Int(least + random.below(if n < 10 { span.min(8) } else { span }) as i64)
        }
        (Type::Float(least, most), _) => Value::Float(least + (most - least) * random.below(1000) as f64 / 999.0),
        (Type::Choice(words), _) => Value::Text(words[random.below(words.len() as u64) as usize].into()),
        (Type::Key, _) => Value::Text(["RGB", "ReconRGB", "BlurRGB", "Planes", "x"][random.below(5) as usize].into()),
        (Type::Text, _) => Value::Text("t".into()),
        (Type::Bytes, _) => Value::Bytes(vec![1]),
    }
}

/// A step of the registry with random parameters; none where they are refused at once.
fn any_step(random: &mut SplitMix64) -> Option<Native> {
    let all: Vec<&Entry> = REGISTRY.iter().collect();
    let entry = all[random.below(all.len() as u64) as usize];
    let direction = if random.below(3) == 0 { Direction::Inverse } else { Direction::Forward };
    let mut params = Params::new();
    // An inverse knows its parameters by itself.
    let often = if direction == Direction::Inverse { 12 } else { 3 };
    for p in entry.params.iter().filter(|p| p.usage != Use::Internal) {
        if random.below(often) == 0 {
            params = params.with(p.name, value(random, p));
        }
    }
    match REGISTRY.step(entry.name_of(direction), &params) {
        Ok(native) => Some(native),
        Err(e) => {
            assert!(
                e.code().starts_with("param.") || e.code() == "unavailable.feature",
                "{}({params}): {e}",
                entry.name
            );
            None
        }
    }
}

fn pick<T: Copy>(random: &mut SplitMix64, all: &[T]) -> T {
    all[random.below(all.len() as u64) as usize]
}

/// A tensor of some kind, type and shape; seldom of none that anybody takes.
fn tensor(random: &mut SplitMix64, world: &mut World, kind: Kind, dtype: DType, shape: &[usize]) -> Component {
    let n = shape.iter().product();
    let data = match dtype {
        DType::F32 => {
            let mut values = random.vec(n, |r| r.f32(-300.0, 300.0));
            if random.below(8) == 0 {
                values.iter_mut().step_by(3).for_each(|v| *v = f32::NAN);
            }
            world.arena().put(shape, &values)
        }
        DType::I32 => world.arena().put(shape, &random.vec(n, |r| r.next() as i32 >> (r.below(31)))),
        DType::I16 => world.arena().put(shape, &random.vec(n, |r| r.next() as i16)),
        DType::U16 => world.arena().put(shape, &random.vec(n, |r| r.next() as u16)),
        DType::F64 => world.arena().put(shape, &random.vec(n, |r| r.below(9) as f64)),
        _ => world.arena().put(shape, &random.vec(n, |r| r.next() as u8)),
    };
    Component::new(kind, data.unwrap())
}

/// Gives an entity a component or two, of a sort below 12; gives its key.
fn fill(random: &mut SplitMix64, world: &mut World, id: EntityId, which: u64) -> &'static str {
    let (h, w, c) = (1 + random.below(20) as usize, 1 + random.below(20) as usize, 1 + random.below(4) as usize);
    let image = if random.below(12) == 0 { vec![200, 190, c] } else { vec![h, w, c] };
    let odd =
        [vec![], vec![0, 3, 2], vec![7], vec![2, 3], vec![4, 0, 5], vec![2, 3, 4, 5], vec![16, 3, 3], vec![h, w, 7]];
    let odd_one = odd[random.below(odd.len() as u64) as usize].clone();
    let put = |world: &mut World, key: &str, component: Component| world.attach(id, key, component, None).unwrap();
    match which {
        0..=4 => {
            let dtype = pick(random, &[DType::U8, DType::U8, DType::U16]);
            for key in ["ReconRGB", "RGB"] {
                let made = tensor(random, world, Kind::Image, dtype, &image);
                put(world, key, made);
            }
            "RGB"
        }
        5 | 6 => {
            let made = tensor(random, world, Kind::Latent, DType::F32, &[4 * c, h, w]);
            put(world, "Latent4", made);
            "Latent4"
        }
        7 | 8 => {
            let dtype = pick(random, &[DType::I32, DType::I16, DType::F32]);
            let made = tensor(random, world, Kind::Planes, dtype, &[c, h, w]);
            put(world, "Planes", made);
            "Planes"
        }
        _ => {
            let kinds =
                [Kind::Image, Kind::Planes, Kind::Latent, Kind::Yuvw, Kind::Wavelet, Kind::Symbols, Kind::Residual];
            let kind = pick(random, &[&kinds[..], &[Kind::Foreign, Kind::Bitstream]].concat());
            let dtype = pick(random, &[DType::U8, DType::U16, DType::I16, DType::I32, DType::F32, DType::F64]);
            let made = tensor(random, world, kind, dtype, &odd_one);
            put(world, "x", made);
            "x"
        }
    }
}

/// A step of the caller's that takes anything and says nothing of what it makes.
fn silent(is_recorded: bool, kind: Kind) -> Foreign {
    Foreign {
        handle: 1,
        name: "Mine".into(),
        number: if is_recorded { 0x8001 } else { 0 },
        params: Params::new(),
        needs: vec![Need::cursor(Kind::ALL)],
        produces: vec![("Mine".into(), kind)],
        infer: None,
        is_inverse: false,
        is_recorded,
    }
}

/// Appends up to six steps, most of which can be planned, to a pipe.
fn extend(random: &mut SplitMix64, world: &mut World, pipe: &mut Pipe) {
    for _ in 0..=random.below(6) {
        for _ in 0..30 {
            let undo = pipe.nodes.last().filter(|_| random.below(6) == 0).and_then(|n| match &n.step {
                Step::Native(native) => native.undo().ok(),
                Step::Foreign(_) => None,
            });
            let Some(native) = undo.or_else(|| any_step(random)) else { continue };
            let mut longer = pipe.fork();
            let out = (random.below(10) == 0).then(|| pick(random, &["RGB", "ReconRGB", "y"]).to_string());
            longer.to(world, Step::Native(native), out);
            let is_last_try = random.below(80) == 0;
            if Plan::new(&longer, world).is_ok() || is_last_try {
                *pipe = longer;
                break;
            }
        }
        if random.below(20) == 0 {
            pipe.select(pick(random, &["RGB", "Planes", "SymbolsU8", "Bitstream"]));
        }
    }
}

fn describe(pipe: &Pipe) -> String {
    let one = |n: &Arc<vaerans::ecs::Node>| format!("{}({})", n.step.name(), n.step.params());
    pipe.nodes.iter().map(one).collect::<Vec<_>>().join(" | ")
}

/// An error that only running can find.
fn is_of_data(e: &Error) -> bool {
    ["data.", "stream.", "limit."].iter().any(|family| e.code().starts_with(family))
}

/// How many pipes: `VAERANS_PIPES` times as many as usual.
fn seeds(usual: u64) -> u64 {
    usual * std::env::var("VAERANS_PIPES").ok().and_then(|n| n.parse().ok()).unwrap_or(1)
}

#[derive(Debug, Default)]
struct Seen {
    refused: usize,
    ran: usize,
    failed: usize,
    /// Steps of the pipes that ran.
    steps: usize,
    inverses: usize,
}

#[test]
fn what_was_planned_fails_by_its_data_alone() {
    let mut seen = Seen::default();
    let mut reached = std::collections::HashSet::new();
    for seed in 0..seeds(4000) {
        let mut random = SplitMix64(seed);
        let mut world = world(16 << 20);
        let ids: Vec<EntityId> = (0..1 + random.below(2)).map(|_| world.new_entity()).collect();
        let which = random.below(12);
        let key = ids.iter().map(|&id| fill(&mut random, &mut world, id, which)).last().unwrap();
        let mut pipe = Pipe::new(ids.clone());
        if random.below(3) > 0 {
            pipe.select(key);
        }
        extend(&mut random, &mut world, &mut pipe);
        let before: Vec<_> = ids.iter().map(|&id| world.keys(id).unwrap()).collect();
        let place = format!("seed {seed}: {}", describe(&pipe));
        if let Err(planned) = Plan::new(&pipe, &world) {
            let error = pipe.advance(&mut world).map(|_| ()).unwrap_err();
            assert_eq!(error, planned, "{place}");
            assert!(!error.code().starts_with("internal."), "{place}: {error}");
            assert_eq!(
                ids.iter().map(|&id| world.keys(id).unwrap()).collect::<Vec<_>>(),
                before,
                "{place}: something ran"
            );
            seen.refused += 1;
            continue;
        }
        match pipe.advance(&mut world) {
            Ok(_) => seen.ran += 1,
            Err(e) if is_of_data(&e) => seen.failed += 1,
            Err(e) => panic!("{place}: {e}"),
        }
        seen.steps += pipe.nodes.len();
        for node in &pipe.nodes {
            reached.insert(node.step.name().to_string());
            seen.inverses += usize::from(matches!(&node.step, Step::Native(n) if n.direction == Direction::Inverse));
        }
    }
    // The generator does its work: long pipes, inverses, and every step that this build runs, but for those that need a model: what
    // they take, only that knows.
    assert!(seen.ran > 1500 && seen.failed > 20 && seen.refused > 100, "{seen:?}");
    assert!(seen.steps > 3 * seen.ran && seen.inverses > 500, "{seen:?}");
    let needs_a_model = |e: &Entry| e.family == Family::Network || e.params.iter().any(|p| p.name == "model");
    for e in REGISTRY.iter().filter(|e| !needs_a_model(e)) {
        for direction in [Direction::Forward, Direction::Inverse].into_iter().filter(|d| e.runs(*d)) {
            assert!(reached.contains(e.name_of(direction)), "{} never ran: {seen:?}", e.name_of(direction));
        }
    }
}

/// Answers a step of the caller's with what it likes.
fn answer(random: &mut SplitMix64, world: &mut World, call: &ForeignCall) {
    let kind = pick(random, Kind::ALL);
    let dtype = pick(random, &[DType::U8, DType::U16, DType::I16, DType::I32, DType::F32, DType::F64]);
    let shape = pick(random, &[&[4usize, 5, 6][..], &[6, 5, 3], &[3, 2], &[], &[0, 2, 2], &[16, 1, 1], &[5, 5, 9]]);
    for (id, bound) in &call.bound {
        let made = tensor(random, world, kind, dtype, shape);
        world.attach(*id, &bound.output.key, made, Some(call.step)).unwrap();
    }
}

#[test]
fn what_a_foreign_step_makes_wrongly_is_data() {
    let mut seen = Seen::default();
    for seed in 0..seeds(3000) {
        let mut random = SplitMix64(1 << 40 | seed);
        let mut world = world(16 << 20);
        let id = world.new_entity();
        let which = random.below(12);
        fill(&mut random, &mut world, id, which);
        let mut pipe = Pipe::new(vec![id]);
        let kind = pick(&mut random, &[Kind::Image, Kind::Planes, Kind::Latent, Kind::Foreign, Kind::Symbols]);
        pipe.to(&mut world, Step::Foreign(Arc::new(silent(random.below(2) == 0, kind))), None);
        extend(&mut random, &mut world, &mut pipe);
        let place = format!("seed {seed}: {}", describe(&pipe));
        let call = match pipe.advance(&mut world) {
            Err(e) => {
                assert!(!e.code().starts_with("internal."), "{place}: {e}");
                seen.refused += 1;
                continue;
            }
            Ok(Progress::Foreign(call)) => call,
            Ok(Progress::Done) => panic!("{place}: the foreign step was not handed out"),
        };
        answer(&mut random, &mut world, &call);
        match pipe.finish_foreign(&mut world, &call).and_then(|()| pipe.advance(&mut world)) {
            Ok(Progress::Done) => seen.ran += 1,
            Ok(Progress::Foreign(_)) => panic!("{place}: a second foreign step"),
            Err(e) => {
                assert!(is_of_data(&e), "{place}: {e}");
                seen.failed += usize::from(e.code() == "data.type");
            }
        }
    }
    assert!(seen.ran > 100 && seen.failed > 500 && seen.refused > 20, "{seen:?}");
}

/// What a pipe with a silent step in front says before that step is handed out.
fn before_it_runs(kind: Kind, steps: &[(&str, Params)]) -> Result<(), &'static str> {
    let mut world = world(1 << 20);
    let id = world.new_entity();
    put(&mut world, id, "RGB", Kind::Image, &[4, 4, 3], &[1u8; 48]);
    let mut pipe = Pipe::new(vec![id]);
    pipe.to(&mut world, Step::Foreign(Arc::new(silent(true, kind))), None);
    for (name, params) in steps {
        pipe.to(&mut world, step(name, params.clone()), None);
    }
    match pipe.advance(&mut world) {
        Ok(Progress::Foreign(_)) => Ok(()),
        Ok(Progress::Done) => panic!("nothing was handed out"),
        Err(e) => Err(e.code()),
    }
}

#[test]
fn usage_errors_are_raised_before_a_foreign_step_is_handed_out() {
    let none = Params::new;
    let levels = |n: i64| none().with("levels", n.into());
    let of = |steps: &[(&str, Params)]| before_it_runs(Kind::Image, steps);
    // Nothing is known of the image but that it is one: what YCoCgR makes is int32 all the same.
    assert_eq!(of(&[("YCoCgR", none()), ("WaveletCDF53", none()), ("ANSEncode", none())]), Ok(()));
    assert_eq!(of(&[("YCoCgR", none()), ("WaveletCDF53", none()), ("QuantizeU8", none())]), Err("param.dtype"));
    assert_eq!(of(&[("YCoCgR", none()), ("WaveletCDF97", none())]), Err("param.dtype"));
    assert_eq!(of(&[("YCoCgR", none()), ("Hadamard4", none())]), Err("param.dtype"));
    assert_eq!(of(&[("YCoCgR", none().with("float", true.into())), ("ANSEncode", none())]), Err("param.dtype"));
    let wrong_levels = [("YCoCgR", none()), ("WaveletCDF53", levels(2)), ("WaveletCDF53Inverse", levels(3))];
    assert_eq!(of(&wrong_levels), Err("pipe.wrong_inverse"));
    assert_eq!(of(&[("YCoCgR", none()), ("WaveletHaarInverse", none())]), Err("pipe.wrong_kind"));
    assert_eq!(of(&[("Hadamard4", none())]), Err("pipe.wrong_kind"));
    assert_eq!(of(&[("MetricPSNR", none())]), Err("pipe.missing_input"));
    assert_eq!(before_it_runs(Kind::Latent, &[("YCoCgR", none())]), Err("pipe.wrong_kind"));
    assert_eq!(before_it_runs(Kind::Latent, &[("Hadamard4", none()), ("ANSEncode", none())]), Err("pipe.wrong_kind"));
}

#[test]
fn a_channel_count_is_known_before_a_wavelet_runs() {
    let mut world = world(1 << 20);
    let id = world.new_entity();
    put(&mut world, id, "Planes", Kind::Planes, &[3, 4, 4], &[0.5f32; 48]);
    let mut pipe = Pipe::new(vec![id]);
    pipe.to(&mut world, step("Hadamard4", Params::new()), None);
    assert_eq!(pipe.advance(&mut world).map(|_| ()).unwrap_err().code(), "param.shape");
}

#[test]
fn a_step_that_breaks_its_word_is_told_so() {
    let told = |kind: Kind, dtype: DType, infer: Option<DType>, behind: &str| {
        let mut world = world(1 << 20);
        let id = world.new_entity();
        put(&mut world, id, "RGB", Kind::Image, &[4, 4, 3], &[1u8; 48]);
        let mut pipe = Pipe::new(vec![id]);
        let infer = infer
            .map(|d| -> ForeignInfer { Arc::new(move |_: &[Arc<Ty>]| Ok(TensorType { dtype: Some(d), shape: None })) });
        pipe.to(&mut world, Step::Foreign(Arc::new(Foreign { infer, ..silent(true, Kind::Latent) })), None);
        pipe.to(&mut world, step(behind, Params::new()), None);
        let Progress::Foreign(call) = pipe.advance(&mut world)? else { panic!("a foreign step is due") };
        let made = tensor(&mut SplitMix64(1), &mut world, kind, dtype, &[4, 2, 2]);
        world.attach(id, "Mine", made, Some(call.step))?;
        pipe.finish_foreign(&mut world, &call)?;
        pipe.advance(&mut world).map(|_| ())
    };
    let code = |r: Result<(), Error>| r.map_err(|e| e.code());
    // It said nothing, and the next step needs float32 (or int32).
    assert_eq!(code(told(Kind::Latent, DType::F32, None, "QuantizeU8")), Ok(()));
    assert_eq!(code(told(Kind::Latent, DType::I32, None, "QuantizeU8")), Err("data.type"));
    assert_eq!(code(told(Kind::Image, DType::F32, None, "QuantizeU8")), Err("data.type"));
    // It said float32: what follows was held to that, and then it made something else.
    assert_eq!(code(told(Kind::Latent, DType::F32, Some(DType::F32), "QuantizeU8")), Ok(()));
    assert_eq!(code(told(Kind::Latent, DType::I32, Some(DType::F32), "QuantizeU8")), Err("data.type"));
    assert_eq!(code(told(Kind::Latent, DType::I32, Some(DType::I32), "QuantizeU8")), Err("param.dtype"));
}
