//! What the server has been told and has answered: for each fact the values that it may have now. After a command
//! that was answered with success there is one; after one that was not, the value before and the value after.

use std::collections::BTreeMap;

#[derive(Default)]
pub struct Ledger {
    facts: BTreeMap<String, Vec<Option<String>>>,
}

impl Ledger {
    /// It is so: the server has said that it did it. `None`: it is gone.
    pub fn said(&mut self, fact: &str, value: Option<&str>) {
        self.facts.insert(fact.to_owned(), vec![value.map(str::to_owned)]);
    }

    /// It may have become so.
    pub fn perhaps(&mut self, fact: &str, value: Option<&str>) {
        self.facts.entry(fact.to_owned()).or_insert_with(|| vec![None]).push(value.map(str::to_owned));
    }

    /// The facts of a kind that hold for certain or perhaps, with their values.
    pub fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.facts.iter().filter_map(move |(fact, values)| {
            let name = fact.strip_prefix(kind)?.strip_prefix(' ')?;
            values.iter().flatten().next_back().map(|value| (name, value.as_str()))
        })
    }

    /// Compares with what is; what is holds from then on. Facts that are not in the ledger do not matter.
    pub fn check(&mut self, kind: &str, actual: &BTreeMap<String, String>) -> Result<(), String> {
        for (fact, values) in &mut self.facts {
            let Some(name) = fact.strip_prefix(kind).and_then(|rest| rest.strip_prefix(' ')) else { continue };
            let is = actual.get(name).cloned();
            if !values.contains(&is) {
                return Err(format!("{fact} is {is:?}; it was answered to be one of {values:?}"));
            }
            *values = vec![is];
        }
        Ok(())
    }
}

#[test]
fn an_answered_command_leaves_one_value_and_an_unanswered_one_two() {
    let is = |value: &str| BTreeMap::from([("a".to_owned(), value.to_owned())]);
    let mut ledger = Ledger::default();
    ledger.said("buffer a", Some("1"));
    assert!(ledger.check("buffer", &is("1")).is_ok());
    assert!(ledger.check("buffer", &is("2")).is_err());
    ledger.perhaps("buffer a", Some("2"));
    assert!(ledger.check("buffer", &is("2")).is_ok());
    assert!(ledger.check("buffer", &is("1")).is_err(), "it has been seen to be 2");
    assert!(ledger.check("buffer", &BTreeMap::new()).is_err());
    ledger.said("buffer a", None);
    assert!(ledger.check("buffer", &BTreeMap::new()).is_ok());
}
