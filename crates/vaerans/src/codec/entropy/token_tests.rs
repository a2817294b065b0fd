use super::super::coder;
use super::*;
use crate::codec::test_kit::SplitMix64;

fn encoded(kernels: &Kernels, values: &[i32], setting: Setting, count: Count) -> Vec<u8> {
    let mut out = Vec::new();
    encode_i32(kernels, values, setting, count, &mut out).unwrap();
    out
}

/// Mostly small values, now and then of any length.
fn values(random: &mut SplitMix64, n: usize, bits: u64) -> Vec<i32> {
    let one = |_| {
        let most = 1 + random.below(bits);
        (random.next() as i32) >> (31 - random.below(most))
    };
    (0..n).map(one).collect()
}

#[test]
fn tokens_cover_every_value() {
    let mut next = u64::from(DIRECT);
    for token in DIRECT as u8..=LAST {
        let (least, extra) = base(token);
        assert_eq!(u64::from(least), next);
        assert_eq!(split(least), (token, 0, extra));
        next += 1 << extra;
        let last = (next - 1) as u32;
        assert_eq!(split(last), (token, (1 << extra) - 1, extra));
    }
    assert_eq!(next, 1 << 32);
}

#[test]
fn values_come_back_and_bytes_are_equal_on_every_isa() {
    let mut random = SplitMix64(31);
    for round in 0..90 {
        let n = [0, 1, 7, 8, 9, 96, 1000][round % 7] + random.below(40) as usize * (round / 7);
        let values = values(&mut random, n, [2, 7, 32][round % 3]);
        let setting = if round % 2 == 0 { Setting::Fast } else { Setting::Precise };
        let bytes = encoded(&Kernels::REFERENCE, &values, setting, Count::Known);
        for k in Kernels::available() {
            assert_eq!(encoded(&k, &values, setting, Count::Known), bytes);
            let mut reader = Reader::new(&bytes, "test");
            assert_eq!(decode_i32(&k, &mut reader, Some(n), n as u64).unwrap(), values, "{k:?}");
            assert_eq!(reader.remaining(), 0);
            let mut back = vec![5; n];
            decode_i32_into(&k, &mut Reader::new(&bytes, "test"), &mut back).unwrap();
            assert_eq!(back, values);
        }
    }
}

#[test]
fn extremes_and_zeros() {
    let k = Kernels::active();
    assert_eq!(encoded(&k, &[0; 10_000], Setting::Fast, Count::Known).len(), 2);
    let rans = coder("rans", Setting::Fast).unwrap();
    for values in [vec![i32::MIN, i32::MAX, 0, -1, 1], vec![i32::MIN; 40], vec![]] {
        let mut bytes = Vec::new();
        rans.encode_i32(&k, &values, &mut bytes).unwrap();
        let used = bytes.len();
        bytes.push(1);
        assert_eq!(rans.decode_i32(&k, &bytes, 100).unwrap(), (values, used));
    }
}

#[test]
fn damage_is_survived() {
    let mut random = SplitMix64(32);
    for round in 0..60 {
        let values = values(&mut random, 700, [3, 9, 32][round % 3]);
        let bytes = encoded(&Kernels::active(), &values, Setting::Fast, Count::Known);
        let decode = |bytes: &[u8]| decode_i32(&Kernels::active(), &mut Reader::new(bytes, "t"), Some(700), 700);
        for cut in (0..bytes.len()).step_by(1 + bytes.len() / 50) {
            assert!(decode(&bytes[..cut]).unwrap_err().code().starts_with("stream."));
        }
        for _ in 0..100 {
            let mut bad = bytes.clone();
            let at = random.below(bad.len() as u64) as usize;
            bad[at] ^= 1 << random.below(8);
            if let Err(error) = decode(&bad) {
                assert!(error.code().starts_with("stream."), "{error}");
            }
        }
    }
    // A token that no value has: one kind of symbol, 200, eight times.
    let bad = decode_i32(&Kernels::active(), &mut Reader::new(&[0, 200], "t"), Some(8), 8);
    assert_eq!(bad.unwrap_err().code(), "stream.invalid");
}
