//! From byte offsets to the lines that people see.

/// Byte offsets at which lines start.
pub(crate) fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0)
        .chain(text.match_indices('\n').map(|(at, _)| at + 1))
        .collect()
}

/// The 1-based line of a byte offset.
pub(crate) fn line_of(starts: &[usize], byte: usize) -> u32 {
    u32::try_from(starts.partition_point(|start| *start <= byte)).unwrap_or(u32::MAX)
}
