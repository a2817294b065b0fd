use super::Heap;
use std::alloc::{GlobalAlloc, Layout};

#[test]
fn blocks_are_apart_and_come_back() {
    let heap = Heap::new();
    let mut random = 1u64;
    let mut below = |n: u64| {
        random = random.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
        (random >> 33) % n
    };
    let mut held: Vec<(*mut u8, Layout, u8)> = Vec::new();
    for step in 0..20000 {
        if held.len() > 200 || (!held.is_empty() && below(2) == 0) {
            let (block, layout, mark) = held.swap_remove(below(held.len() as u64) as usize);
            // SAFETY: a block of this heap, of so many bytes.
            let bytes = unsafe { std::slice::from_raw_parts(block, layout.size()) };
            assert!(bytes.iter().all(|&b| b == mark));
            // SAFETY: it was given for that layout.
            unsafe { heap.dealloc(block, layout) };
            continue;
        }
        let kind = below(3) as usize;
        let size = 1 + below([40, 3000, 200_000][kind]) as usize;
        let layout = Layout::from_size_align(size, 1 << below(13)).unwrap();
        // SAFETY: the size is not 0.
        let block = unsafe { heap.alloc(layout) };
        assert_eq!(block.align_offset(layout.align()), 0);
        // SAFETY: it has so many bytes.
        unsafe { block.write_bytes(step as u8, size) };
        held.push((block, layout, step as u8));
    }
    // SAFETY: given for these layouts.
    held.into_iter().for_each(|(block, layout, _)| unsafe { heap.dealloc(block, layout) });
}
