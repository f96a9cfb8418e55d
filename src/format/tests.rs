use std::collections::HashMap;
use std::process::{Command, Output};

use proptest::prelude::*;

use super::*;
use crate::base::limits::MAX_FORMAT_OUTPUT;
use crate::base::{Attrs, Color, Timestamp, Underline};

struct Table(HashMap<&'static str, &'static str>);

impl Vars for Table {
    fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).map(|&value| value.to_owned())
    }
}

/// User options, which are variables in tmux too; so both sides know the same ones.
const OPTIONS: &[(&str, &str)] = &[
    ("@path", "/usr/local/lib"),
    ("@root", "/"),
    ("@wide", "日本語"),
    ("@umlaut", "äö"),
    ("@code", "#{session_name}:#{@path}"),
    ("@shell", "a b$c\"d'e;f"),
    ("@styled", "#[fg=red]abc#[default]def"),
    ("@when", "1763682667"),
    ("@zero", "0"),
    ("@one", "1"),
    ("@hash", "a#b"),
];

fn vars() -> Table {
    let mut vars: HashMap<_, _> = OPTIONS.iter().copied().collect();
    vars.extend([
        ("session_name", "work"),
        ("window_name", "ed,it"),
        ("window_index", "0"),
        ("window_flags", "*"),
        ("pane_index", "0"),
        ("pane_id", "%0"),
    ]);
    Table(vars)
}

/// What tmux answers, too: no conversions of strftime in here, since `display-message` does those.
const LIKE_TMUX: &[(&str, &str)] = &[
    ("#{session_name}|#S|#I|#W|#F|#P|#D", "work|work|0|ed,it|*|0|%0"),
    ("##S ##{x} #", "#S #{x} #"),
    ("#x #, #} a#", "#x , } a#"),
    ("##{session_name}|###{session_name}|####|###S", "#{session_name}|#work|##|#work"),
    ("#{nope}|#{?nope,y,n}|#{?session_name,y,n}", "|n|y"),
    ("#{?#{==:#S,work},yes #{window_name},no}", "yes ed,it"),
    ("a#{?session_name,only}|", "a"),
    ("a #{?a b", "a "),
    ("a#{session_name", "a"),
    ("#{==:a,a}#{!=:a,a}#{<:a,b}#{>:a,b}#{<=:a,a}#{>=:a,b}", "101010"),
    ("#{<:2,10}#{<:b,a}#{==:#{@one},1}", "001"),
    ("#{&&:1,0}#{&&:1,1}#{||:0,1}#{||:,}#{&&:a,}", "01100"),
    ("#{&&:#{==:a,a},#{!=:a,b}}#{||:#{m:x*,y},#{@zero}}", "10"),
    ("#{m:w*k,work}#{m:w?k,work}#{m/i:W*,work}#{m/r:^w.*k$,work}#{m/ri:^W,work}", "10111"),
    ("#{m:[a-x]ork,work}#{m:[!w]ork,work}#{m:*,}#{m:w\\*,work}#{m:#{@path}*,/usr/local/lib/x}", "10101"),
    ("#{s/o/0/:session_name}|#{s/(w)o/\\1x/:session_name}|#{s/O/0/i:session_name}", "w0rk|wxrk|w0rk"),
    (
        "#{s|o|/|:session_name}|#{s/[aeiou]/<\\0>/:@path}|#{s/r/R/;s/k$/K/:session_name}",
        "w/rk|/<u>sr/l<o>c<a>l/l<i>b|woRK",
    ),
    (
        "#{=2:session_name}|#{=-2:session_name}|#{=/2/…:session_name}|#{=/-2/..:session_name}|#{=/9/..:session_name}",
        "wo|rk|wo…|..rk|work",
    ),
    ("#{=3:@wide}|#{=-3:@wide}|#{=-4:@wide}|#{=2:@umlaut}", "日|語|本語|äö"),
    ("#{=-2:@styled}|#{w:@styled}", "#[fg=red]#[default]ef|6"),
    ("#{p8:session_name}|#{p-8:session_name}|#{p2:session_name}|#{p6:@umlaut}|", "work    |    work|work|äö    |"),
    ("#{b:@path}|#{d:@path}|#{b:@root}|#{d:@root}", "lib|/usr/local|/|/"),
    ("#{l:#{session_name}}|#{l:a##b}|#{l:a#,b}", "#{session_name}|a##b|a#,b"),
    ("#{q:@shell}|#{q/h:@hash}", "a\\ b\\$c\\\"d\\'e\\;f|a##b"),
    ("#{n:session_name}|#{w:session_name}|#{n:@umlaut}|#{w:@umlaut}|#{w:@wide}", "4|4|4|2|6"),
    ("#{?session_name,a#,b,c#}d}", "a,b"),
    ("#{?session_name,#{=1:session_name}#,,x}", "w,"),
    ("#{?1,a,b}#{?@one,a,b}#{?@zero,a,b}#{?#{@zero},a,b}", "babb"),
    ("#{?@one,#{?@zero,x,#{?@one,deep,z}},w}", "deep"),
    ("#{=3;b:@path}|#{b;=3:@path}|#{=2:#{s/o/0/:session_name}}", "lib|lib|w0"),
    ("#{@code}|#{E:@code}|#{E:#{l:##S}}|#{E:#{l:#S}}", "#{session_name}:#{@path}|work:/usr/local/lib|#S|work"),
    ("#[fg=red]x#[default]", "#[fg=red]x#[default]"),
    ("##[fg=red]|###[fg=red]|#S", "##[fg=red]|###[fg=red]|work"),
    ("#{?#{m:*x*,xyz},#[fg=red#,bold]a,b}", "#[fg=red,bold]a"),
    ("#{session_name}}|{#S}", "work}|{work}"),
    ("#{@foo}|#{=:session_name}|#{x:session_name}|#{s/a/b/}|", "|work|||"),
    ("#{t:@when}", "Thu Nov 20 23:51:07 2025"),
    ("#{t:@zero}|#{t:nope}", "|"),
];

#[test]
fn templates_expand() {
    for (template, expected) in LIKE_TMUX.iter().filter(|(template, _)| !template.contains("@when")) {
        assert_eq!(expand(template, &vars()), *expected, "{template}");
    }
}

#[test]
fn templates_expand_as_in_tmux() {
    let Some(tmux) = Tmux::start() else { return };
    for (template, expected) in LIKE_TMUX {
        let output = tmux.run(&["display-message", "-p", template]);
        assert_eq!(String::from_utf8_lossy(&output.stdout), format!("{expected}\n"), "tmux: {template}");
    }
}

/// A tmux server of its own, with one session.
struct Tmux(tempfile::TempDir);

impl Tmux {
    /// None, with the reason printed, where there is no tmux.
    fn start() -> Option<Self> {
        let tmux = Self(tempfile::tempdir().unwrap());
        match tmux.command().args(["new-session", "-d", "-s", "work", "-n", "ed,it", "cat"]).status() {
            Ok(status) if status.success() => {}
            other => {
                eprintln!("skipped: tmux cannot be started here ({other:?})");
                return None;
            }
        }
        for (name, value) in OPTIONS {
            tmux.run(&["set-option", "-g", name, value]);
        }
        Some(tmux)
    }

    fn command(&self) -> Command {
        let mut command = Command::new("tmux");
        command.env_remove("TMUX").env("TMUX_TMPDIR", self.0.path()).env("LC_ALL", "C.UTF-8").env("TZ", "UTC");
        command.args(["-u", "-f", "/dev/null"]);
        command
    }

    fn run(&self, args: &[&str]) -> Output {
        let output = self.command().args(args).output().unwrap();
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        output
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        let _ = self.command().arg("kill-server").status();
    }
}

#[test]
fn what_tmux_3_3_does_not_do() {
    let cases = [
        ("#{!:1}#{!:0}#{!!:x}#{!!:}", "0110"),
        ("#{&&:1,1,0}#{||:0,0,1}", "01"),
        ("#{b:#{l:/a/b}}|#{d:#{@path}}", "b|/usr/local"),
        ("%H:%M", "%H:%M"),
        ("#[fg=#D0D0D0,bg=#{session_name}]#S", "#[fg=#D0D0D0,bg=work]work"),
        ("#{=2:@styled}", "#[fg=red]ab#[default]"),
        ("a#(echo (hi))b", "ab"),
    ];
    for (template, expected) in cases {
        assert_eq!(expand(template, &vars()), expected, "{template}");
    }
}

#[test]
fn times_are_dates() {
    let mut vars = vars();
    vars.0.insert("now", "1763686267");
    let at = Timestamp(1_763_682_667_000);
    assert_eq!(expand("#{t:@when}", &vars), at.ctime());
    assert_eq!(expand("#{t/f/%Y:@when}", &vars), "2025");
    assert_eq!(expand("#{t/p:@when}", &vars), at.strftime("%H:%M"));
    vars.0.insert("now", "1863686267");
    assert_eq!(expand("#{t/p:@when}", &vars), at.strftime("%b%y"));
}

#[test]
fn nothing_grows_without_end() {
    let mut vars = vars();
    vars.0.insert("@loop", "x#{E:@loop}");
    vars.0.insert("@bomb", "#{E:@bomb}#{E:@bomb}x");
    assert_eq!(expand("#{E:@loop}", &vars), "x".repeat(99));
    assert!(expand("#{E:@bomb}", &vars).len() < 2000);
    assert!(expand("#{p99999999:session_name}", &vars).len() <= MAX_FORMAT_OUTPUT);
    assert_eq!(expand(&"#{".repeat(5000), &vars), "");
    assert_eq!(expand(&"ä".repeat(MAX_FORMAT_OUTPUT), &vars).len(), MAX_FORMAT_OUTPUT);
    let amplifier = format!("#{{s/x/{0}/:#{{s/x/{0}/:#{{l:{0}}}}}}}", "x".repeat(400));
    assert_eq!(expand(&amplifier, &vars).len(), MAX_FORMAT_OUTPUT);
}

proptest! {
    #[test]
    fn no_template_breaks_it(template in "(#|\\{|\\}|,|\\?|:|;|=|/|-|[0-9]|s|m|\\[|\\]|\\(|\\)|&|l|@one|ä| )*") {
        let out = expand(&template, &vars());
        let _ = styled(&out, Style::DEFAULT);
        let _ = width(&out);
    }
}

// ---- styles ----------------------------------------------------------------------------------------------

fn style(text: &str) -> Style {
    parse_style(text, Style::DEFAULT).unwrap()
}

#[test]
fn styles_have_tmuxs_names() {
    let red = Style { fg: Color::Indexed(1), ..Style::DEFAULT };
    let cases = [
        ("fg=red", red),
        ("fg=1", red),
        ("FG=Red", red),
        ("fg=colour1", red),
        ("fg=color1 ", red),
        ("fg=red,bold,nobold", red),
        ("fg=red,bold,underscore,none", red),
        ("align=right,fg=red,range=window|3", red),
        ("", Style::DEFAULT),
        ("fg=red default", Style::DEFAULT),
        ("bg=#0a1B2c", Style { bg: Color::Rgb(10, 27, 44), ..Style::DEFAULT }),
        ("us=brightblue", Style { underline_color: Color::Indexed(12), ..Style::DEFAULT }),
        ("fg=97", Style { fg: Color::Indexed(15), ..Style::DEFAULT }),
        ("bold,italics", Style { attrs: Attrs::BOLD | Attrs::ITALIC, ..Style::DEFAULT }),
        ("bold|reverse", Style { attrs: Attrs::BOLD | Attrs::REVERSE, ..Style::DEFAULT }),
        ("curly-underscore", Style { underline: Underline::Curly, ..Style::DEFAULT }),
    ];
    for (text, expected) in cases {
        assert_eq!(parse_style(text, Style::DEFAULT), Ok(expected), "{text}");
    }
}

#[test]
fn an_unknown_word_is_named() {
    for text in ["fg=rde", "bold,shiny", "fg=#12345", "fg=#+12345", "fg=colour256", "xx=red", "fg="] {
        let message = parse_style(text, Style::DEFAULT).unwrap_err();
        assert!(message.contains("expected"), "{text}: {message}");
    }
    assert_eq!(styled("#[shiny,bold]x", Style::DEFAULT), [("x".to_owned(), style("bold"))]);
}

#[test]
fn default_goes_back_to_the_base_and_terminal_to_the_terminals_own() {
    let base = style("fg=green,bg=black");
    assert_eq!(parse_style("fg=red,bold,default", base), Ok(base));
    assert_eq!(parse_style("fg=red,fg=default", base), Ok(base));
    assert_eq!(parse_style("fg=terminal,bg=terminal", base), Ok(Style::DEFAULT));
}

#[test]
fn text_is_cut_into_runs() {
    let runs = |text: &str| -> Vec<(String, Style)> { styled(text, style("dim")) };
    let expected = |runs: &[(&str, &str)]| -> Vec<(String, Style)> {
        runs.iter().map(|(text, words)| ((*text).to_owned(), style(words))).collect()
    };
    assert_eq!(
        runs("a #[fg=red]b#[bold]c#[default] d"),
        expected(&[("a ", "dim"), ("b", "dim,fg=red"), ("c", "dim,fg=red,bold"), (" d", "dim")])
    );
    assert_eq!(runs("##[x]|###[bold]y|#z|##"), expected(&[("#[x]|#", "dim"), ("y|#z|##", "dim,bold")]));
    assert_eq!(
        runs("#[fg=red,push-default]#[bold]a#[default]b#[pop-default,default]c"),
        expected(&[("a", "dim,fg=red,bold"), ("b", "dim,fg=red"), ("c", "dim")])
    );
    assert_eq!(runs("a#[bold"), expected(&[("a", "dim")]));
    assert_eq!(width("a#[bold]日##[c"), 6);
}
