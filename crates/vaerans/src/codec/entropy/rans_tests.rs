use super::super::normal::tests::random_counts;
use super::*;
use crate::codec::test_kit::SplitMix64;

fn draw(random: &mut SplitMix64, counts: &Counts, n: usize) -> Vec<u8> {
    let sums: Vec<u64> = counts.iter().scan(0, |sum, &c| Some((*sum += u64::from(c), *sum).1)).collect();
    (0..n).map(|_| random.below(sums[255])).map(|x| sums.partition_point(|&s| s <= x) as u8).collect()
}

fn encoded(kernels: &Kernels, symbols: &[u8], setting: Setting, count: Count) -> Vec<u8> {
    let mut out = vec![0xab; 3];
    encode_u8(kernels, symbols, setting, count, &mut out).unwrap();
    assert_eq!(out[..3], [0xab; 3]);
    out.split_off(3)
}

fn entropy_bytes(symbols: &[u8]) -> f64 {
    let mut counts = [0u32; 256];
    symbols.iter().for_each(|&s| counts[usize::from(s)] += 1);
    let n = symbols.len() as f64;
    counts.iter().filter(|&&c| c > 0).map(|&c| f64::from(c) * (n / f64::from(c)).log2() / 8.0).sum()
}

#[test]
fn streams_come_back_and_are_equal_on_every_isa() {
    let mut random = SplitMix64(21);
    let lengths = [0, 1, 2, 3, 15, 64, 96, 127, 500, 1000, 2049, 5000];
    for round in 0..120 {
        let counts = random_counts(&mut random);
        let n = if round < 24 { lengths[round / 2] } else { random.below(5001) as usize };
        let symbols = draw(&mut random, &counts, n);
        for setting in [Setting::Fast, Setting::Precise] {
            let bytes = encoded(&Kernels::REFERENCE, &symbols, setting, Count::Stored);
            assert!(bytes.len() <= n + 4);
            for kernels in Kernels::available() {
                assert!(encoded(&kernels, &symbols, setting, Count::Stored) == bytes, "{kernels:?} {round}");
                let longer = [&bytes[..], &[1, 2, 3]].concat();
                let (back, used) = Rans { setting }.decode_u8(&kernels, &longer, n as u64).unwrap();
                assert!(back == symbols && used == bytes.len(), "{kernels:?} {round}");
            }
        }
    }
}

/// Long enough for many lanes and several pieces, rare symbols included.
#[test]
fn long_streams_on_every_isa() {
    let mut random = SplitMix64(22);
    for setting in [Setting::Fast, Setting::Precise] {
        let mut counts = [0u32; 256];
        (0..256).for_each(|s: usize| counts[s] = 3 + (1 << 20 >> (s.abs_diff(100) / 3).min(20)));
        let symbols = draw(&mut random, &counts, 150_001);
        let bytes = encoded(&Kernels::REFERENCE, &symbols, setting, Count::Known);
        assert!(bytes[0] & ESCAPED != 0 && bytes[0] >> 2 & 7 >= 2);
        for kernels in Kernels::available() {
            assert!(encoded(&kernels, &symbols, setting, Count::Known) == bytes, "{kernels:?}");
            let mut back = vec![0; symbols.len()];
            decode_u8_into(&kernels, &mut Reader::new(&bytes, "test"), &mut back).unwrap();
            assert!(back == symbols, "{kernels:?}");
        }
    }
}

/// Both settings stay close to the entropy, rare symbols or not, for large streams and small.
#[test]
fn sizes_are_close_to_the_entropy() {
    let mut random = SplitMix64(23);
    let k = Kernels::active();
    for (n, setting, permille) in [
        (1 << 20, Setting::Fast, 0.7),
        (1 << 20, Setting::Precise, 0.5),
        (24_576, Setting::Fast, 5.0),
        (24_576, Setting::Precise, 5.0),
    ] {
        for spread in [2, 4, 9, 20] {
            let count = |s: usize| 1 + (1e9 * (-(s.abs_diff(128) as f64) / f64::from(spread)).exp()) as u32 / 300;
            let counts = std::array::from_fn(count);
            let symbols = draw(&mut random, &counts, n);
            let bytes = encoded(&k, &symbols, setting, Count::Known);
            let mut reader = Reader::new(&bytes[1..], "test");
            let table = reader.varint().unwrap() as f64 + 2.0;
            let over = 1000.0 * ((bytes.len() as f64 - table) / entropy_bytes(&symbols) - 1.0);
            assert!(over < permille, "{n} {setting:?} {spread}: {over} per mille over, table {table}");
        }
    }
}

#[test]
fn one_kind_of_symbol_takes_two_bytes() {
    let k = Kernels::active();
    assert_eq!(encoded(&k, &[0; 4096], Setting::Fast, Count::Known), [CONSTANT, 0]);
    assert_eq!(encoded(&k, &[], Setting::Fast, Count::Stored), [CONSTANT | COUNTED, 0]);
    assert_eq!(encoded(&k, &[9; 200], Setting::Precise, Count::Stored), [CONSTANT | COUNTED, 200, 1, 9]);
}

#[test]
fn lanes_grow_with_the_payload() {
    let fast = [0, 1536, 6200, 12_300, 1 << 30].map(|bytes| lanes_for(bytes, Setting::Fast));
    assert_eq!(fast, [1, 1, 4, 8, 64]);
}

/// Every truncation and many damages: an error or other symbols, never a panic, and the same verdict on every ISA.
#[test]
fn damage_is_survived() {
    let mut random = SplitMix64(24);
    for round in 0..60 {
        let counts = random_counts(&mut random);
        let n = 1 + random.below(3000) as usize;
        let symbols = draw(&mut random, &counts, n);
        let setting = if round % 2 == 0 { Setting::Fast } else { Setting::Precise };
        let bytes = encoded(&Kernels::active(), &symbols, setting, Count::Stored);
        let decode = |k: Kernels, bytes: &[u8]| Rans { setting }.decode_u8(&k, bytes, 5000);
        for cut in (0..bytes.len()).step_by(1 + bytes.len() / 60) {
            let code = decode(Kernels::active(), &bytes[..cut]).unwrap_err().code();
            assert!(code == "stream.truncated" || code == "stream.invalid", "{code}");
        }
        for _ in 0..60 {
            let mut bad = bytes.clone();
            for _ in 0..1 + random.below(3) {
                let at = random.below(bad.len() as u64 * 2) as usize;
                let at = if at < bad.len() { at } else { at % bad.len().min(24) };
                bad[at] ^= 1 << random.below(8);
            }
            let expected = decode(Kernels::REFERENCE, &bad);
            for k in Kernels::available() {
                assert!(decode(k, &bad) == expected, "{k:?} round {round}");
            }
        }
    }
}

#[test]
fn limits_come_before_memory() {
    let k = Kernels::active();
    let rans = Rans::default();
    let claim = |n: u64| {
        let mut w = Writer::new();
        w.u8(CONSTANT | COUNTED);
        w.varint(n);
        w.u8(7);
        w.into_vec()
    };
    assert_eq!(rans.decode_u8(&k, &claim(1001), 1000).unwrap_err().code(), "limit.symbols");
    assert_eq!(rans.decode_u8(&k, &claim(u64::MAX), u64::MAX).unwrap_err().code(), "limit.symbols");
    assert_eq!(rans.decode_u8(&k, &claim(1000), 1000).unwrap().0, [7; 1000]);
    assert_eq!(rans.decode_u8(&k, &[CONSTANT, 7], 1000).unwrap_err().code(), "stream.invalid", "no count");
    assert_eq!(rans.decode_u8(&k, &[0x80], 1000).unwrap_err().code(), "stream.invalid");
    let known = decode_u8(&k, &mut Reader::new(&claim(5), "test"), Some(6), 1000);
    assert_eq!(known.unwrap_err().code(), "stream.invalid");
}

#[test]
fn counts_that_the_bytes_cannot_hold_are_refused_before_there_is_memory_for_them() {
    let k = Kernels::active();
    for form in [PLAIN, RANS12, RANS14] {
        let mut w = Writer::new();
        w.u8(form | COUNTED);
        // 4 GiB, claimed by a hundred bytes.
        w.varint(u64::from(u32::MAX));
        w.bytes(&[7; 100]);
        let error = decode_u8(&k, &mut Reader::new(&w.into_vec(), "test"), None, u64::MAX).unwrap_err();
        assert_eq!(error.code(), "stream.truncated");
        assert!(error.message().contains("4294967295 symbols in the 100 bytes left"), "{error}");
    }
}
