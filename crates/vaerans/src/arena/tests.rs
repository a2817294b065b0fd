use super::*;

#[test]
fn memory_comes_back_when_the_last_handle_goes() {
    let arena = Arena::new(4096).unwrap();
    for _ in 0..10_000 {
        let t = arena.alloc(DType::U8, &[1000]).unwrap().freeze();
        let u = arena.alloc(DType::F32, &[10, 10]).unwrap().freeze();
        assert!(t.offset() % ALIGN == 0 && u.offset() % ALIGN == 0);
    }
    assert_eq!(arena.stats().used, 0);
    assert!(arena.stats().peak <= 4096);
}

#[test]
fn a_full_arena_says_what_to_raise() {
    let arena = Arena::new(1024).unwrap();
    let held = arena.alloc(DType::U8, &[512]).unwrap();
    let e = arena.alloc(DType::F64, &[100]).unwrap_err();
    assert_eq!(e.code(), "limit.arena");
    assert!(e.message().contains("800") && e.message().contains("512 of 1024"));
    drop(held);
    assert!(arena.alloc(DType::F64, &[100]).is_ok());
}

#[test]
fn reset_refuses_while_a_view_lives_and_makes_handles_stale() {
    let arena = Arena::new(1024).unwrap();
    let t = arena.put(&[3], &[1u16, 2, 3]).unwrap();
    let view = t.read::<u16>().unwrap();
    assert_eq!(arena.reset().unwrap_err().code(), "param.arena_in_use");
    assert_eq!(&view[..], &[1, 2, 3]);
    drop(view);
    arena.reset().unwrap();
    assert_eq!(t.read::<u16>().unwrap_err().code(), "param.stale_tensor");
    let whole = arena.alloc(DType::U8, &[1024]).unwrap();
    drop(t);
    drop(whole);
    assert_eq!(arena.stats().used, 0);
}

#[test]
fn slices_share_memory_and_leases_copy_nothing() {
    let arena = Arena::new(1024).unwrap();
    let t = arena.put(&[2, 3], &[0i32, 1, 2, 3, 4, 5]).unwrap();
    let row = t.subref_axis0(1).unwrap();
    assert_eq!(&row.read::<i32>().unwrap()[..], &[3, 4, 5]);
    assert_eq!(row.offset(), t.offset() + 12);
    assert_eq!(t.subref_axis0(2).unwrap_err().code(), "param.range");
    let owned = vec![7u8; 6];
    let pointer = owned.as_ptr();
    let leased = arena.lease(Box::new(owned), DType::U8, &[6]).unwrap();
    assert_eq!(leased.pin().unwrap().ptr().cast_const(), pointer);
    assert!(leased.is_leased());
    assert_eq!(leased.read::<u16>().unwrap_err().code(), "param.dtype");
}

#[test]
fn sides_whose_product_wraps_give_no_tensor() {
    let arena = Arena::new(1 << 12).unwrap();
    let four = arena.alloc(DType::U8, &[4]).unwrap().freeze();
    // 4 (2^62 + 1) elements, modulo 2^64, are four.
    assert_eq!(four.reshape(&[4, (1 << 62) + 1]).unwrap_err().code(), "param.shape");
    assert_eq!(four.reshape(&[2, 2]).unwrap().shape(), [2, 2]);
    let none = arena.alloc(DType::F64, &[3, 0, 1 << 40, 1 << 40]).unwrap().freeze();
    assert!(none.subref_axis0(2).unwrap().read::<f64>().unwrap().is_empty());
    assert_eq!(arena.alloc(DType::U8, &[1 << 40, 1 << 40]).unwrap_err().code(), "param.shape");
}

#[test]
fn what_no_memory_holds_is_a_limit_and_what_lives_is_counted() {
    assert_eq!(Arena::new(0).unwrap_err().code(), "param.range");
    assert_eq!(Arena::new(usize::MAX).unwrap_err().code(), "limit.memory");
    assert_eq!(Arena::new(isize::MAX as usize - 64).unwrap_err().code(), "limit.memory");
    let arena = Arena::new(1 << 20).unwrap();
    assert!(live_bytes() >= arena.stats().capacity);
}
