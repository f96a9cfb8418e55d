//! The order that needs make of jobs.

use std::collections::BTreeMap;

/// Who needs whom, by name.
pub type Needs<'a> = BTreeMap<&'a str, Vec<&'a str>>;

/// The jobs so that each stands behind what it needs; names that are no job are passed over. To stop them, read it
/// backwards. Jobs in a circle come in some order.
pub fn start_order<'a>(needs: &Needs<'a>) -> Vec<&'a str> {
    let mut walk = Walk { needs, state: BTreeMap::new(), order: Vec::new(), path: Vec::new(), circle: None };
    needs.keys().for_each(|job| walk.visit(job));
    walk.order
}

/// Jobs that need each other in a circle, each needing the next and the last the first, if there are any.
pub fn cycle<'a>(needs: &Needs<'a>) -> Option<Vec<&'a str>> {
    let mut walk = Walk { needs, state: BTreeMap::new(), order: Vec::new(), path: Vec::new(), circle: None };
    needs.keys().for_each(|job| walk.visit(job));
    walk.circle
}

#[derive(Clone, Copy, PartialEq)]
enum Visit {
    Under,
    Over,
}

/// A walk in depth; jobs are in the thousands at most, and so is its depth.
struct Walk<'n, 'a> {
    needs: &'n Needs<'a>,
    state: BTreeMap<&'a str, Visit>,
    order: Vec<&'a str>,
    path: Vec<&'a str>,
    circle: Option<Vec<&'a str>>,
}

impl<'a> Walk<'_, 'a> {
    /// With a stack of its own rather than the thread's: a file may chain as many jobs as it likes.
    fn visit(&mut self, first: &'a str) {
        let mut stack = vec![(first, 0)];
        while let Some((job, next)) = stack.pop() {
            if next == 0 && !self.enter(job) {
                continue;
            }
            let needed = self.needs.get(job).and_then(|needed| needed.get(next)).copied();
            match needed {
                Some(needed) => {
                    stack.push((job, next + 1));
                    stack.push((needed, 0));
                }
                None => self.leave(job),
            }
        }
    }

    /// False where there is nothing to do: no job, done already, or a circle.
    fn enter(&mut self, job: &'a str) -> bool {
        match self.state.get(job) {
            None if self.needs.contains_key(job) => {
                self.state.insert(job, Visit::Under);
                self.path.push(job);
                true
            }
            Some(Visit::Under) => {
                let start = self.path.iter().position(|known| *known == job).unwrap_or(0);
                self.circle.get_or_insert_with(|| self.path[start..].to_vec());
                false
            }
            _ => false,
        }
    }

    fn leave(&mut self, job: &'a str) {
        self.path.pop();
        self.state.insert(job, Visit::Over);
        self.order.push(job);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn needs<'a>(edges: &[(&'a str, &[&'a str])]) -> Needs<'a> {
        edges.iter().map(|(job, needed)| (*job, needed.to_vec())).collect()
    }

    #[test]
    fn who_is_needed_comes_first() {
        let graph = needs(&[("web", &["db", "cache"]), ("db", &["disk"]), ("cache", &[]), ("disk", &[])]);
        assert_eq!(start_order(&graph), ["cache", "disk", "db", "web"]);
        assert_eq!(cycle(&graph), None);
        assert_eq!(start_order(&needs(&[("a", &["gone"])])), ["a"]);
    }

    #[test]
    fn circles_are_found_and_named() {
        assert_eq!(cycle(&needs(&[("a", &["b"]), ("b", &["c"]), ("c", &["b"])])), Some(vec!["b", "c"]));
        assert_eq!(cycle(&needs(&[("a", &["a"])])), Some(vec!["a"]));
    }

    proptest! {
        #[test]
        fn any_graph_without_circle_is_ordered(edges in proptest::collection::vec((0..30usize, 0..30usize), 0..120)) {
            let names: Vec<String> = (0..30).map(|number| format!("j{number:02}")).collect();
            let mut graph: Needs<'_> = names.iter().map(|name| (name.as_str(), Vec::new())).collect();
            for (from, to) in edges {
                // Only downwards, so that there is no circle.
                if from > to {
                    graph.entry(&names[from]).or_default().push(&names[to]);
                }
            }
            let order = start_order(&graph);
            let place = |job: &str| order.iter().position(|known| *known == job).unwrap();
            prop_assert_eq!(order.len(), 30);
            prop_assert_eq!(cycle(&graph), None);
            for (job, needed) in &graph {
                for other in needed {
                    prop_assert!(place(other) < place(job));
                }
            }
        }
    }
}
