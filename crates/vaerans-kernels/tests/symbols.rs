//! Counting, rare symbols and tokens: native kernels against the reference.

mod common;
use common::*;
use vaerans_kernels::reference::symbols as reference;

#[test]
fn histogram_agrees() {
    let mut rng = Rng(1);
    let mut lengths = lengths();
    lengths.extend([4096, 70_001]); // common symbols are counted apart from there on
    for (k, n) in all_kernels().into_iter().flat_map(|k| lengths.iter().map(move |&n| (k, n))) {
        let few = rng.next() as u8;
        let symbols = rng.vec(n, |r| (r.next() & r.next()) as u8 & few);
        let (mut counts, mut expected) = ([5; 256], [5; 256]);
        k.histogram(&symbols, &mut counts);
        reference::histogram(&symbols, &mut expected);
        assert_eq!(counts, expected, "{k:?} {n}");
    }
}

#[test]
fn collect_and_replace_agree() {
    let mut rng = Rng(2);
    for (k, n) in all_kernels().into_iter().flat_map(|k| lengths().into_iter().map(move |n| (k, n))) {
        for misalignment in MISALIGNMENTS {
            let rare = 1 + rng.next() % 90;
            let symbols =
                Guarded::of(&rng.vec(n, |r| if r.next() % rare == 0 { r.next() as u8 } else { 128 }), misalignment, 0);
            let mut set = [0u8; 32];
            (0..32).filter(|i| *i != 16).for_each(|i| set[i] = rng.next() as u8);
            let expected: Vec<u8> =
                symbols.iter().copied().filter(|&s| set[usize::from(s / 8)] >> (s % 8) & 1 == 1).collect();
            let room = expected.len().saturating_sub(misalignment);
            let mut out = Guarded::new(room, misalignment, 0xee);
            assert_eq!(k.collect_symbols(&set, &symbols, &mut out), expected.len(), "{k:?} {n}");
            assert_eq!(*out, expected[..room], "{k:?} {n}");
            out.check();

            let (mut ours, mut theirs) = (Guarded::of(&symbols, misalignment, 128), symbols.to_vec());
            let list = rng.vec(n / 2, |r| r.next() as u8);
            let found = reference::replace(128, &mut theirs, &list);
            assert_eq!(k.replace_symbols(128, &mut ours, &list), found, "{k:?} {n}");
            assert_eq!(*ours, *theirs, "{k:?} {n}");
            ours.check();
        }
    }
}

#[test]
fn zigzag_agrees_and_comes_back() {
    let mut rng = Rng(3);
    for (k, n) in all_kernels().into_iter().flat_map(|k| lengths().into_iter().map(move |n| (k, n))) {
        let values = Guarded::of(&rng.vec(n, |r| (r.next() as i32) >> (r.next() % 32)), 1, 0);
        for most in [16u8, 255] {
            let mut tokens = Guarded::new(n, 3, 0xcc);
            k.zigzag(&values, most, &mut tokens);
            let expected: Vec<u8> = values.iter().map(|&v| reference::zigzag(v).min(most.into()) as u8).collect();
            assert_eq!(*tokens, *expected, "{k:?} {n}");
            tokens.check();
            let mut back = Guarded::new(n, 1, 7);
            k.unzigzag(&tokens, &mut back);
            assert!(back.iter().zip(&*tokens).all(|(&v, &t)| reference::zigzag(v) == t.into()), "{k:?} {n}");
            back.check();
        }
    }
    for v in [0, -1, 1, i32::MIN, i32::MAX] {
        assert_eq!(reference::unzigzag(reference::zigzag(v)), v);
    }
}
