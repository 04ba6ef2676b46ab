//! Small counts are hidden: in a township, "one report of a child of twelve" names the child. A hidden count could be had by
//! subtracting the others from their sum, so those of the next greater size are hidden beside it. Where there are none, nothing is told
//! apart.

/// A count below this is hidden.
pub(super) const SMALL: i64 = 3;

/// The counts with `None` for each that is hidden; `None`: too few to be told apart.
pub(super) fn hidden(counts: &[i64]) -> Option<Vec<Option<i64>>> {
    let small = |count: &i64| (1..SMALL).contains(count);
    if !counts.iter().any(small) {
        return Some(counts.iter().copied().map(Some).collect());
    }
    // All of that size: which of them was chosen would tell.
    let next = counts.iter().copied().filter(|count| *count >= SMALL).min()?;
    let shown = |count: &i64| (*count == 0 || *count > next).then_some(*count);
    Some(counts.iter().map(shown).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_small_is_hidden_with_something_that_is_not() {
        assert_eq!(hidden(&[5, 3, 0]), Some(vec![Some(5), Some(3), Some(0)]));
        assert_eq!(hidden(&[9, 5, 1]), Some(vec![Some(9), None, None]));
        assert_eq!(hidden(&[9, 5, 2, 5, 1]), Some(vec![Some(9), None, None, None, None]));
        assert_eq!(hidden(&[2]), None, "the whole would say it");
        assert_eq!(hidden(&[1, 1]), None);
        assert_eq!(hidden(&[]), Some(vec![]));
    }

    /// Whoever knows the sum and all that is shown can't tell a hidden count: other counts with the same sum show the same.
    #[test]
    fn no_hidden_count_follows_from_the_sum() {
        const OF: i64 = 7;
        for number in 0..OF.pow(5) {
            let counts: Vec<i64> = (0..5).map(|place| number / OF.pow(place) % OF).collect();
            let Some(shown) = hidden(&counts) else { continue };
            for place in (0..counts.len()).filter(|place| shown[*place].is_none()) {
                let told = (0..counts.len()).all(|with| {
                    let mut other = counts.clone();
                    other.swap(place, with);
                    other[place] == counts[place] || hidden(&other).as_ref() != Some(&shown)
                });
                assert!(!told, "{counts:?} {shown:?}: {place}");
            }
        }
    }
}
