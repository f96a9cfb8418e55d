//! The environment of a session, which hundreds of sessions share.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::sync::Arc;

/// Variables in the order in which they were set. Each is one shared word `NAME=VALUE` as environ(7) has it, and all of
/// them are shared where all are the same, so that the sessions of one shell cost a pointer each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variables(Arc<Vec<Arc<OsStr>>>);

impl Variables {
    pub fn iter(&self) -> impl Iterator<Item = (&OsStr, &OsStr)> {
        self.0.iter().map(|word| apart(word))
    }

    pub fn get(&self, name: &str) -> Option<&OsStr> {
        self.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Sets a variable, or removes it.
    pub fn put(&mut self, name: &OsStr, value: Option<&OsStr>) {
        if self.0.iter().any(|word| apart(word).0 == name) {
            Arc::make_mut(&mut self.0).retain(|word| apart(word).0 != name);
        }
        if let Some(value) = value {
            Arc::make_mut(&mut self.0).push(word(name, value));
        }
    }

    /// Takes what is the same from another session's.
    pub(super) fn share(&mut self, other: &Self) {
        if self == other {
            self.0 = Arc::clone(&other.0);
            return;
        }
        for word in Arc::make_mut(&mut self.0) {
            if let Some(same) = other.0.iter().find(|known| *known == word) {
                word.clone_from(same);
            }
        }
    }

    pub fn pairs(&self) -> Vec<(OsString, OsString)> {
        self.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}

impl<N: AsRef<OsStr>, V: AsRef<OsStr>> FromIterator<(N, V)> for Variables {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(pairs: I) -> Self {
        Self(Arc::new(pairs.into_iter().map(|(name, value)| word(name.as_ref(), value.as_ref())).collect()))
    }
}

fn word(name: &OsStr, value: &OsStr) -> Arc<OsStr> {
    let mut word = OsString::with_capacity(name.len() + value.len() + 1);
    word.push(name);
    word.push("=");
    word.push(value);
    word.into()
}

/// At the first `=` behind the first byte, as the standard library reads an environment.
fn apart(word: &OsStr) -> (&OsStr, &OsStr) {
    let bytes = word.as_bytes();
    let at = bytes.iter().skip(1).position(|byte| *byte == b'=').map_or(bytes.len(), |at| at + 1);
    let (name, value) = bytes.split_at(at);
    (OsStr::from_bytes(name), OsStr::from_bytes(value.get(1..).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_set_found_and_removed() {
        let mut variables: Variables = [("A", "1=2"), ("B", ""), ("=C", "x")].into_iter().collect();
        let get = |variables: &Variables, name| variables.get(name).map(OsStr::to_owned);
        assert_eq!(get(&variables, "A"), Some("1=2".into()));
        assert_eq!(get(&variables, "B"), Some("".into()));
        assert_eq!(get(&variables, "=C"), Some("x".into()));
        variables.put("A".as_ref(), Some("3".as_ref()));
        variables.put("B".as_ref(), None);
        let pairs = variables.pairs();
        assert_eq!(pairs, [("=C".into(), "x".into()), ("A".into(), "3".into())] as [(OsString, OsString); 2]);
    }

    #[test]
    fn what_is_the_same_is_kept_once_and_stays_each_session_s_own() {
        let first: Variables = [("A", "1"), ("B", "2")].into_iter().collect();
        let mut second: Variables = [("A", "1"), ("B", "3")].into_iter().collect();
        second.share(&first);
        assert!(Arc::ptr_eq(&first.0[0], &second.0[0]) && !Arc::ptr_eq(&first.0[1], &second.0[1]));
        let mut third = second.clone();
        third.share(&second);
        assert!(Arc::ptr_eq(&third.0, &second.0));
        second.put("A".as_ref(), Some("4".as_ref()));
        assert_eq!(third.get("A"), Some("1".as_ref()));
        assert_eq!((first.get("A"), second.get("A")), (Some("1".as_ref()), Some("4".as_ref())));
    }
}
