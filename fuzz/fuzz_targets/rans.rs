//! Entropy coders: arbitrary bytes as streams (reference and native kernels must answer alike), and arbitrary symbols
//! there and back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use vaerans::codec::entropy::{coder, Coder, Setting};
use vaerans_fuzz::{both, kernels, LIMITS};

fn decode(rans: &dyn Coder, bytes: &[u8]) {
    let max = LIMITS.max_elements;
    let u8s: Vec<_> = both().iter().map(|k| rans.decode_u8(k, bytes, max).map_err(|e| e.code())).collect();
    assert_eq!(u8s.first(), u8s.last());
    let i32s: Vec<_> = both().iter().map(|k| rans.decode_i32(k, bytes, max).map_err(|e| e.code())).collect();
    assert_eq!(i32s.first(), i32s.last());
}

fn round_trip(rans: &dyn Coder, choice: u8, symbols: &[u8]) {
    let (mut one, mut two) = (Vec::new(), Vec::new());
    let k = kernels(choice);
    rans.encode_u8(&k, symbols, &mut one).unwrap();
    rans.encode_u8(&both()[0], symbols, &mut two).unwrap();
    assert_eq!(one, two);
    assert!(one.len() <= symbols.len() + 16);
    assert_eq!(rans.decode_u8(&k, &one, symbols.len() as u64).unwrap(), (symbols.to_vec(), one.len()));
    // Sign-extended differences of every width, so that the tokens' raw bits are reached too.
    let width = choice % 4 + 1;
    let value =
        |c: &[u8]| c.iter().fold(0i32, |v, &b| v << 8 | i32::from(b)) << (32 - 8 * u32::from(width)) >> (choice % 25);
    let values: Vec<i32> = symbols.chunks(usize::from(width)).map(value).collect();
    let mut bytes = Vec::new();
    rans.encode_i32(&k, &values, &mut bytes).unwrap();
    assert_eq!(rans.decode_i32(&k, &bytes, values.len() as u64).unwrap(), (values, bytes.len()));
}

fuzz_target!(|data: &[u8]| {
    let Some((&choice, rest)) = data.split_first() else { return };
    let setting = if choice & 1 == 0 { Setting::Fast } else { Setting::Precise };
    let rans = coder("rans", setting).expect("there is always rans");
    match choice & 2 {
        0 => decode(rans.as_ref(), rest),
        _ => round_trip(rans.as_ref(), choice >> 2, &repeated(rest)),
    }
});

/// The bytes several times over, each time shifted: long inputs (many lanes, several pieces) from short ones.
fn repeated(bytes: &[u8]) -> Vec<u8> {
    let Some((&times, rest)) = bytes.split_first() else { return Vec::new() };
    let times = if rest.len() > 4096 { 1 } else { 1 + usize::from(times) % 32 };
    let shift = |i: usize| move |&b: &u8| if i % 5 == 4 { b.wrapping_add(i as u8) } else { b };
    (0..times).flat_map(|i| rest.iter().map(shift(i))).collect()
}
