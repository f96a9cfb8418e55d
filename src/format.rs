//! Stand-in until the formats arrive.
pub trait Vars { fn get(&self, name: &str) -> Option<String>; }
pub fn expand(template: &str, vars: &dyn Vars) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some(at) = rest.find("#{") {
        out.push_str(&rest[..at]);
        let Some(end) = rest[at..].find('}') else { break };
        let inner = &rest[at + 2..at + end];
        if let Some(cond) = inner.strip_prefix('?') {
            let p: Vec<&str> = cond.splitn(3, ',').collect();
            let v = vars.get(p[0]).unwrap_or_default();
            out.push_str(if is_true(&v) { p.get(1).copied().unwrap_or("") } else { p.get(2).copied().unwrap_or("") });
        } else {
            out.push_str(&vars.get(inner).unwrap_or_default());
        }
        rest = &rest[at + end + 1..];
    }
    out + rest
}
pub fn is_true(text: &str) -> bool { !text.is_empty() && text != "0" }
