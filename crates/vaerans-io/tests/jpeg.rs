//! JPEG files made by hand: scans of one component, damage behind which restart markers go on.
#![allow(clippy::unwrap_used)] // a helper that unwraps fails its test where it should

use vaerans_io::{decode, decode_with, DecodeOptions, Limits, Samples};

fn segment(marker: u8, body: &[u8]) -> Vec<u8> {
    let length = (body.len() as u16 + 2).to_be_bytes();
    [&[0xff, marker], &length[..], body].concat()
}

/// Bits of a flat block whose level is `step` above the one before: its length in four bits, the step, the end of the block.
fn block(step: i32) -> String {
    let size = 32 - step.unsigned_abs().leading_zeros();
    let value = if step > 0 { step } else { step + (1 << size) - 1 };
    let value = format!("{value:032b}");
    format!("{size:04b}{}00", &value[32 - size as usize..])
}

fn packed(bits: &str) -> Vec<u8> {
    let byte = |eight: &[u8]| eight.iter().fold(0, |sum, bit| sum << 1 | (bit - b'0')) << (8 - eight.len());
    bits.as_bytes().chunks(8).map(byte).collect()
}

/// Tables, and a frame of 64x64 in 4:2:0; quantised by 1, so that a level of 8 is a step of 1 in all samples.
fn head(restart: u16) -> Vec<u8> {
    let table = |head: u8, counts: [u8; 4], symbols: &[u8]| [&[head], &counts[..], &[0; 12], symbols].concat();
    let frame = [8, 0, 64, 0, 64, 3, 1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0];
    let dc: Vec<u8> = (0..12).collect();
    [
        vec![0xff, 0xd8],
        segment(0xdb, &[&[0][..], &[1; 64]].concat()),
        segment(0xc0, &frame),
        segment(0xc4, &table(0, [0, 0, 0, 12], &dc)),
        segment(0xc4, &table(0x10, [0, 1, 0, 0], &[0])),
        segment(0xdd, &restart.to_be_bytes()),
    ]
    .concat()
}

#[test]
fn a_scan_for_each_component_is_decoded_in_any_order() {
    let parts = [(1, 80, 64), (2, 90, 16), (3, 230, 16)];
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
        let mut file = head(0);
        for (id, level, blocks) in order.map(|i: usize| parts[i]) {
            file.extend(segment(0xda, &[1, id, 0, 0, 63, 0]));
            file.extend(packed(&(block((level - 128) * 8) + &block(0).repeat(blocks - 1))));
        }
        file.extend([0xff, 0xd9]);
        let Samples::U8(samples) = decode(&file, &Limits::default()).unwrap().samples else { panic!("8 bits") };
        assert!(samples.chunks(3).all(|pixel| pixel == [223, 20, 13]));
    }
}

#[test]
fn what_lies_behind_damage_is_kept_where_that_is_asked_for() {
    // A run for each of the sixteen MCUs: four blocks of luminance, two of colour.
    let run = packed(&(block(-400) + &block(0).repeat(5)));
    let mut file = [head(1), segment(0xda, &[3, 1, 0, 2, 0, 3, 0, 0, 63, 0])].concat();
    let start = file.len();
    for i in 0..16_u8 {
        file.extend(&run);
        file.extend([0xff, if i < 15 { 0xd0 + i % 8 } else { 0xd9 }]);
    }
    let clean = decode(&file, &Limits::default()).unwrap();
    let step = run.len() + 2;
    // Ten runs, their markers with them: more than the numbers of the markers can count.
    for (lost, bytes) in [(2, vec![]), (10, vec![0; 10 * step])] {
        let mut damaged = file.clone();
        damaged.splice(start + 2 * step..start + (2 + lost) * step, bytes);
        let error = decode(&damaged, &Limits::default()).unwrap_err();
        assert_eq!(error.code(), "data.image_damaged");
        let saved = decode_with(&damaged, &DecodeOptions { allow_damaged: true, ..DecodeOptions::default() }).unwrap();
        assert!(saved.damage.is_some());
        let (Samples::U8(a), Samples::U8(b)) = (&clean.samples, &saved.samples) else { panic!("8 bits") };
        let wrong = a.chunks(3).zip(b.chunks(3)).filter(|(a, b)| a != b).count();
        assert!(wrong <= (lost + 2) * 256, "{wrong} pixels of {lost} runs");
    }
}
