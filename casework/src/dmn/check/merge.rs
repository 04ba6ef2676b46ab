//! Fewer and larger regions that say the same.

use std::collections::HashMap;

use super::space::Cells;

/// Joins disjoint boxes that differ in one column only, until there are none.
pub(super) fn merge(mut boxes: Vec<Cells>) -> Vec<Cells> {
    let columns = boxes.first().map_or(0, Vec::len);
    loop {
        let before = boxes.len();
        for column in 0..columns {
            let mut joined: Vec<Cells> = Vec::with_capacity(boxes.len());
            let mut alike: HashMap<Cells, usize> = HashMap::new();
            for cells in boxes {
                let mut rest = cells.clone();
                rest.remove(column);
                match alike.get(&rest) {
                    Some(&place) => joined[place][column] = joined[place][column].or(&cells[column]),
                    None => {
                        alike.insert(rest, joined.len());
                        joined.push(cells);
                    }
                }
            }
            boxes = joined;
        }
        if boxes.len() == before {
            return boxes;
        }
    }
}
