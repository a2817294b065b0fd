//! Colour: native kernels against the reference; the reference against its definition.

mod common;
use common::*;
use std::fmt::Debug;
use vaerans_kernels::{Element, Kernels, Sample, YcocgR};

/// Planes with guards; `skew` staggers their alignment.
fn planes<P: Element + PartialEq + Debug>(c: usize, n: usize, at: (usize, usize), guard: P) -> Vec<Guarded<P>> {
    (0..c).map(|i| Guarded::new(n, at.0 + i * at.1, guard)).collect()
}

fn muts<P: Element + PartialEq + Debug>(p: &mut [Guarded<P>]) -> Vec<&mut [P]> {
    p.iter_mut().map(|p| &mut **p).collect()
}

/// Calls `f` with channels, pixels and (misalignment, skew).
fn cases(mut f: impl FnMut(usize, usize, (usize, usize))) {
    for channels in 1..=4 {
        for n in lengths() {
            for at in [(0, 0), (1, 0), (5, 1)] {
                f(channels, n, at);
            }
        }
    }
}

fn forward_agrees<S, P>(sample: impl Fn(&mut Rng) -> S, guard: P, f: impl Fn(&Kernels, &[S], &mut [&mut [P]]))
where
    S: Sample + PartialEq + Debug,
    P: Element + PartialEq + Debug,
{
    let mut rng = Rng(11);
    cases(|c, n, at| {
        let src = Guarded::of(&rng.vec(c * n, &sample), at.0, sample(&mut Rng(0)));
        let mut expected = planes(c, n, (0, 0), guard);
        f(&Kernels::REFERENCE, &src, &mut muts(&mut expected));
        for kernels in all_kernels() {
            let mut dst = planes(c, n, at, guard);
            f(&kernels, &src, &mut muts(&mut dst));
            for (d, e) in dst.iter().zip(&expected) {
                assert_eq!(**d, **e, "{kernels:?} {c}x{n} {at:?}");
                d.check();
            }
        }
    });
}

fn inverse_agrees<P, S>(value: impl Fn(&mut Rng) -> P, guard: S, f: impl Fn(&Kernels, &[&[P]], &mut [S]))
where
    S: Sample + PartialEq + Debug,
    P: Element + PartialEq + Debug,
{
    let mut rng = Rng(12);
    cases(|c, n, at| {
        let src: Vec<_> = (0..c).map(|_| rng.vec(n, &value)).collect();
        let src: Vec<&[P]> = src.iter().map(|p| &**p).collect();
        let mut expected = vec![guard; c * n];
        f(&Kernels::REFERENCE, &src, &mut expected);
        for kernels in all_kernels() {
            let mut dst = Guarded::new(c * n, at.0, guard);
            f(&kernels, &src, &mut dst);
            assert_eq!(*dst, *expected, "{kernels:?} {c}x{n} {at:?}");
            dst.check();
        }
    });
}

#[test]
fn reversible_forward_agrees() {
    forward_agrees(|r| r.next() as u8, 77i16, Kernels::ycocg_r_forward);
    forward_agrees(|r| r.next() as u8, 77i32, Kernels::ycocg_r_forward);
    forward_agrees(|r| r.next() as u16, 77i32, Kernels::ycocg_r_forward);
}

#[test]
fn reversible_inverse_agrees_on_any_plane() {
    // Small values, and the whole range of the type: what a hostile stream decodes to.
    inverse_agrees(|r| (r.next() % 1200) as i16 - 600, 9u8, Kernels::ycocg_r_inverse);
    inverse_agrees(|r| r.next() as i16, 9u8, Kernels::ycocg_r_inverse);
    inverse_agrees(|r| (r.next() % 1200) as i32 - 600, 9u8, Kernels::ycocg_r_inverse);
    inverse_agrees(|r| r.next() as i32, 9u8, Kernels::ycocg_r_inverse);
    inverse_agrees(|r| (r.next() % 300_000) as i32 - 150_000, 9u16, Kernels::ycocg_r_inverse);
    inverse_agrees(|r| r.next() as i32, 9u16, Kernels::ycocg_r_inverse);
}

/// Values in and around the range of a sample, halves for the ties, and what is no number.
fn any_float(r: &mut Rng) -> f32 {
    match r.next() % 16 {
        0 => f32::NAN,
        1 => f32::INFINITY,
        2 => f32::NEG_INFINITY,
        3 => -0.0,
        4 => r.f32(-1e30, 1e30),
        5..=9 => (r.next() % 600) as f32 * 0.5 - 20.0,
        _ => r.f32(-70_000.0, 140_000.0),
    }
}

#[test]
fn float_planes_agree() {
    forward_agrees(|r| r.next() as u8, 0.125f32, Kernels::ycocg_forward);
    forward_agrees(|r| r.next() as u16, 0.125f32, Kernels::ycocg_forward);
    forward_agrees(|r| r.next() as u8, 0.125f32, |k, s, d| k.planes_from(s, d, 1.0 / 127.5, -1.0));
    forward_agrees(|r| r.next() as u16, 0.125f32, |k, s, d| k.planes_from(s, d, 1.0 / 65535.0, 0.1));
    inverse_agrees(any_float, 9u8, Kernels::ycocg_inverse);
    inverse_agrees(any_float, 9u16, Kernels::ycocg_inverse);
    inverse_agrees(any_float, 9u8, |k, s, d| k.planes_to(s, d, 1.0, 0.0));
    inverse_agrees(|r| r.f32(-1.2, 1.2), 9u8, |k, s, d| k.planes_to(s, d, 127.5, 127.5));
    inverse_agrees(any_float, 9u16, |k, s, d| k.planes_to(s, d, 0.75, 0.5));
}

fn round_trip<S: YcocgR<P> + PartialEq + Debug, P: Element + Default>(src: &[S], channels: usize) {
    let n = src.len() / channels;
    let (mut planes, mut floats) = (vec![vec![P::default(); n]; channels], vec![vec![0f32; n]; channels]);
    let k = Kernels::REFERENCE;
    k.ycocg_r_forward(src, &mut planes.iter_mut().map(|p| &mut p[..]).collect::<Vec<_>>());
    k.ycocg_forward(src, &mut floats.iter_mut().map(|p| &mut p[..]).collect::<Vec<_>>());
    let mut back = src.to_vec();
    back.fill(S::from_i32(1));
    k.ycocg_r_inverse(&planes.iter().map(|p| &p[..]).collect::<Vec<_>>(), &mut back);
    assert_eq!(back, src);
    back.fill(S::from_i32(1));
    k.ycocg_inverse(&floats.iter().map(|p| &p[..]).collect::<Vec<_>>(), &mut back);
    assert_eq!(back, src);
}

#[test]
fn transforms_are_reversible() {
    // All RGB of u8 in steps that meet both ends, and random u16.
    let steps: Vec<u8> = (0..=255).filter(|v| v % 5 == 0 || *v < 4 || *v > 251).collect();
    let all: Vec<u8> =
        steps.iter().flat_map(|r| steps.iter().flat_map(|g| steps.iter().flat_map(|b| [*r, *g, *b]))).collect();
    round_trip::<u8, i16>(&all, 3);
    round_trip::<u8, i32>(&all[..4 * 1000], 4);
    round_trip::<u16, i32>(&Rng(5).vec(30_000, |r| r.next() as u16), 3);
    round_trip::<u16, i32>(&Rng(5).vec(30_000, |r| if r.next() % 2 == 0 { 0 } else { 65535 }), 3);
}

#[test]
fn grey_and_alpha_pass_through() {
    let (mut a, mut b) = ([0i16; 2], [0i16; 2]);
    Kernels::active().ycocg_r_forward(&[1u8, 2, 3, 4], &mut [&mut a, &mut b]);
    assert_eq!((a, b), ([1, 3], [2, 4]));
    let mut planes = [[0i16; 1]; 4];
    let [y, co, cg, alpha] = &mut planes;
    Kernels::active().ycocg_r_forward(&[10u8, 20, 30, 200], &mut [y, co, cg, alpha]);
    assert_eq!(planes, [[20], [-20], [0], [200]]);
}
