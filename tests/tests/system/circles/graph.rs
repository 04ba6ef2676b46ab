//! Which module imports which, re-exports followed to the file that defines the item.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::source::Source;

/// `["casework", "rules", "check"]`; a file is a module, `mod.rs` and `lib.rs` are the one that they lie in.
pub(super) type Module = Vec<String>;

pub(super) struct Graph {
    sources: BTreeMap<Module, Source>,
    /// Names that a module hands on, and what they stand for.
    handed_on: BTreeMap<Module, Module>,
}

impl Graph {
    pub(super) fn new(files: BTreeMap<Module, Source>) -> Self {
        let mut graph = Self {
            sources: files,
            handed_on: BTreeMap::new(),
        };
        let mut handed_on = BTreeMap::new();
        for (module, source) in &graph.sources {
            for taken in source.uses.iter().filter(|taken| taken.public) {
                if let Some(path) = graph.absolute(module, &taken.path) {
                    let mut name = module.clone();
                    name.push(taken.name.clone());
                    handed_on.insert(name, path);
                }
            }
        }
        graph.handed_on = handed_on;
        graph
    }

    /// A path from the crate's name on; `None` for what is not ours.
    fn absolute(&self, module: &Module, path: &[String]) -> Option<Module> {
        let (first, rest) = path.split_first()?;
        let mut whole = match first.as_str() {
            "crate" => module[..1].to_vec(),
            "self" => module.clone(),
            "super" => {
                let up = path.iter().take_while(|segment| *segment == "super").count();
                let mut above = module[..module.len().checked_sub(up)?].to_vec();
                above.extend_from_slice(&path[up..]);
                return Some(above);
            }
            name if self.sources.keys().any(|known| known[0] == name) => vec![name.to_owned()],
            child => {
                let mut own = module.clone();
                own.push(child.to_owned());
                self.sources.contains_key(&own).then_some(own)?
            }
        };
        whole.extend_from_slice(rest);
        Some(whole)
    }

    /// The module whose file defines what a path names.
    fn home(&self, path: &Module, depth: usize) -> Option<Module> {
        const DEEPEST: usize = 12;
        let length = (1..=path.len())
            .rev()
            .find(|length| self.sources.contains_key(&path[..*length]))?;
        let named = path.get(..=length).and_then(|name| self.handed_on.get(name));
        match named {
            Some(stands_for) if depth < DEEPEST => {
                let mut further = stands_for.clone();
                further.extend_from_slice(&path[length + 1..]);
                self.home(&further, depth + 1)
            }
            _ => Some(path[..length].to_vec()),
        }
    }

    fn is_test(&self, module: &Module) -> bool {
        (1..module.len()).any(|above| {
            module[above] == "tests"
                || (self.sources.get(&module[..above])).is_some_and(|s| s.test_modules.contains(&module[above]))
        })
    }

    /// What a module imports.
    fn imports(&self, module: &Module, source: &Source) -> BTreeSet<Module> {
        let mut names: BTreeMap<&str, Module> = BTreeMap::new();
        let mut found = Vec::new();
        for taken in &source.uses {
            let Some(path) = self.absolute(module, &taken.path) else {
                continue;
            };
            if !taken.public && !self.sources.contains_key(&path) {
                found.extend(self.home(&path, 0));
            }
            names.insert(&taken.name, path);
        }
        // A type is taken in by the `use` that names it; a module counts where something of it is used.
        let by_module = |path: &&Vec<String>| !path[0].starts_with(char::is_uppercase);
        for path in source.paths.iter().filter(by_module) {
            let whole = match names.get(path[0].as_str()) {
                Some(known) => Some(known.iter().chain(&path[1..]).cloned().collect()),
                None => self.absolute(module, path),
            };
            found.extend(whole.and_then(|whole| self.home(&whole, 0)));
        }
        found
            .into_iter()
            .filter(|home| home != module && !self.is_test(home))
            .collect()
    }

    /// The shortest way round of each circle, as its modules in order.
    pub(super) fn circles(&self) -> Vec<Vec<Module>> {
        let shipped = self.sources.iter().filter(|(module, _)| !self.is_test(module));
        let imports: BTreeMap<&Module, BTreeSet<Module>> = shipped
            .map(|(module, source)| (module, self.imports(module, source)))
            .collect();
        let mut seen = BTreeSet::new();
        let mut circles = Vec::new();
        for module in imports.keys() {
            if let Some(round) = way_round(&imports, module) {
                let members: BTreeSet<Module> = round.iter().cloned().collect();
                if seen.insert(members) {
                    circles.push(round);
                }
            }
        }
        circles
    }
}

/// The shortest way from a module back to itself.
fn way_round(imports: &BTreeMap<&Module, BTreeSet<Module>>, from: &Module) -> Option<Vec<Module>> {
    let mut came_from: BTreeMap<&Module, &Module> = BTreeMap::new();
    let mut waiting = VecDeque::from([from]);
    while let Some(at) = waiting.pop_front() {
        for next in imports.get(at).into_iter().flatten() {
            if next == from {
                let mut round = vec![at.clone()];
                let mut step = at;
                while let Some(before) = came_from.get(step) {
                    round.push((*before).clone());
                    step = before;
                }
                round.reverse();
                return Some(round);
            }
            if !came_from.contains_key(next) {
                came_from.insert(next, at);
                waiting.push_back(next);
            }
        }
    }
    None
}
