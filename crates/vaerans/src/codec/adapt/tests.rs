//! Side bytes, hostile bytes, strips, and that fitting helps.

use super::*;
use vaerans_kernels::adapt::{Plane, CLASSES};
use vaerans_kernels::testing::SplitMix64;
use vaerans_kernels::Kernels;

fn random_filter(random: &mut SplitMix64, planes: usize) -> Filter {
    let mut filter = Filter::default();
    for plane in 0..planes {
        let n = 2 * pairs(plane);
        filter.planes[plane] = match random.below(4) {
            0 => None,
            1 => Some(Correction::default()),
            _ => {
                let most = 1 + random.below(CLASSES as u64);
                let mut correction = Correction { log2: random.below(3) as u8, ..Correction::default() };
                let mut seen = 0;
                for group in &mut correction.groups {
                    *group = (random.below(most + 1) as u8).min(seen + 1);
                    seen = seen.max(*group);
                }
                let size = 1 << random.below(11);
                let mut weight = |i: usize| if i < n { random.below(2 * size) as i16 - size as i16 } else { 0 };
                correction.added = (0..seen).map(|_| std::array::from_fn(&mut weight)).collect();
                if correction.added.is_empty() {
                    correction.log2 = 0;
                }
                Some(correction)
            }
        };
    }
    filter
}

#[test]
fn side_bytes_come_back() {
    let mut random = SplitMix64(3);
    for round in 0..300 {
        let planes = [1, 3][round % 2];
        let filter = random_filter(&mut random, planes);
        let bytes = filter.write(planes);
        assert_eq!(Filter::read(&bytes, planes).unwrap(), filter);
    }
    assert_eq!(Filter::default().write(3), [0]);
}

#[test]
fn hostile_bytes_are_errors_or_filters_whose_weights_are_bounded() {
    let mut random = SplitMix64(4);
    let (mut errors, mut fine) = (0, 0);
    for round in 0..3000 {
        let mut bytes = random_filter(&mut random, 3).write(3);
        match round % 3 {
            0 => bytes.truncate(random.below(bytes.len() as u64 + 1) as usize),
            1 => bytes.iter_mut().skip(round % 7).for_each(|b| *b = random.next() as u8),
            _ => {
                let at = random.below(bytes.len() as u64) as usize;
                bytes[at] ^= 1 << random.below(8);
            }
        }
        let Ok(filter) = Filter::read(&bytes, 3) else {
            errors += 1;
            continue;
        };
        fine += 1;
        assert!(filter.planes.iter().flatten().all(|c| c.added.len() <= CLASSES));
        for (plane, class) in (0..3).flat_map(|p| (0..CLASSES).map(move |c| (p, c))) {
            let weights = ready::class_weights(&filter, plane, class, 700);
            assert!(weights.iter().all(|w| w.abs() <= MOST_WEIGHT));
        }
    }
    assert!(errors > 50 && fine > 50, "{errors} {fine}");
}

/// A picture of waves and edges, and the same blurred and roughened.
fn pictures(width: usize, height: usize) -> (Plane, Plane) {
    let mut random = SplitMix64(7);
    let value = |x: usize, y: usize| {
        let edge = if (x + y / 2) % 23 < 9 { 400 } else { -300 };
        edge + (((x * x / 9 + y) % 31) as i16 - 15) * 4
    };
    let (mut wanted, mut made) = (Plane::new(width, height), Plane::new(width, height));
    for y in 0..height {
        for x in 0..width {
            wanted.row_mut(y)[x] = value(x, y);
            let (l, r, u, d) = (x.saturating_sub(1), (x + 1).min(width - 1), y.saturating_sub(1), (y + 1).min(height - 1));
            let sum = 4 * value(x, y) + value(l, y) + value(r, y) + value(x, u) + value(x, d);
            made.row_mut(y)[x] = sum / 8 + (random.below(41) as i16 - 20);
        }
    }
    wanted.mirror();
    made.mirror();
    (made, wanted)
}

fn error(plane: &[i16], wanted: &Plane) -> i64 {
    let rows = plane.chunks(wanted.width).zip(0..wanted.height);
    rows.flat_map(|(row, y)| row.iter().zip(wanted.row(y)).map(|(&a, &b)| i64::from(a - b).pow(2))).sum()
}

fn filtered(filter: &Filter, which: usize, number: u16, luma: &Plane, plane: &Plane, steps: &[u8], threads: usize) -> Vec<i16> {
    let (ready, kernels) = (Ready::new(filter, number), Kernels::active());
    let sorts = ready.sorts(kernels, luma, steps, threads).unwrap();
    let mut out = vec![0; plane.width * plane.height];
    ready.filter(kernels, which, plane, &sorts, steps, threads, &mut out).unwrap();
    out
}

#[cfg(feature = "encode")]
#[test]
fn fitting_helps_the_more_the_harder_it_looks() {
    let (made, wanted) = pictures(301, 203);
    let steps = vec![8; made.across() * made.down()];
    let number = 860;
    let planes = [made.clone(), made.clone(), made.clone()];
    let originals = [wanted.clone(), wanted.clone(), wanted.clone()];
    let problem = fit::Problem { made: &planes, wanted: &originals, steps: &steps, number };
    let before = error(&filtered(&Filter::default(), 0, number, &made, &made, &steps, 1), &wanted);
    for effort in [1, 5, 9] {
        let filter = fit::fit(Kernels::active(), &problem, effort, 1).unwrap();
        assert_eq!(fit::fit(Kernels::REFERENCE, &problem, effort, 3).unwrap(), filter, "every machine finds the same");
        let bytes = filter.write(3);
        assert_eq!(Filter::read(&bytes, 3).unwrap(), filter);
        for which in 0..3 {
            let out = filtered(&filter, which, number, &made, &made, &steps, 2);
            let after = error(&out, &wanted);
            let most = if effort == 1 { before } else { before * 6 / 10 };
            assert!(after <= most, "effort {effort}, plane {which}: {before} to {after}, {} bytes", bytes.len());
        }
    }
}

#[test]
fn a_part_with_its_surroundings_gives_the_same_as_the_whole() {
    let (whole, _) = pictures(96, 112);
    let mut random = SplitMix64(1);
    let mut filter = Filter::default();
    filter.planes[0] = Some(Correction { groups: [1; CLASSES], added: vec![[9; MOST_WEIGHTS]], log2: 0 });
    let steps: Vec<u8> = (0..whole.across() * whole.down()).map(|_| random.below(17) as u8).collect();
    let expected = filtered(&filter, 0, 850, &whole, &whole, &steps, 1);
    for (x, y, w, h) in [(16, 16, 48, 64), (0, 32, 96, 16), (32, 0, 64, 30), (80, 96, 16, 16), (48, 48, 17, 19)] {
        let mut part = Plane::new(w, h);
        part.surround(|sx, sy| {
            let (sx, sy) = (x as isize + sx, y as isize + sy);
            whole.samples()[whole.at(sy).wrapping_add_signed(sx)]
        });
        let own: Vec<u8> = (0..part.across() * part.down())
            .map(|i| {
                let (bx, by) = (i % part.across() + x / 4, i / part.across() + y / 4);
                if bx < whole.across() && by < whole.down() { steps[by * whole.across() + bx] } else { 0 }
            })
            .collect();
        let found = filtered(&filter, 0, 850, &part, &part, &own, 1);
        for (row, wanted) in found.chunks(w).zip(expected[y * 96..].chunks(96)) {
            assert_eq!(row, &wanted[x..x + w], "{x} {y} {w} {h}");
        }
    }
}
