//! Jobs of other tools, and for them.

use crate::harness::World;

#[test]
fn what_is_imported_is_checked_and_runs() {
    let world = World::new();
    world.write("home/Procfile", "web: echo web on $PORT >> seen; exec sleep 1000\nworker: exec sleep 1000\n");
    world.write("home/.env", "# secret\nKEY=value\n");
    let output = world.mux("import Procfile");
    assert_eq!((output.status, output.out.as_str()), (0, "wrote mux.toml\n"), "{output:?}");
    assert!(output.err.contains("Procfile:1: $PORT: the number that foreman would give it"), "{output:?}");
    assert_eq!(world.ok("check"), "2 jobs, nothing wrong\n");
    assert!(world.fails(1, "import Procfile").contains("mux.toml is there already (-o names another"));
    let said = world.ok("up --no-wait");
    assert_eq!(said, "+ start web\n+ start worker\n");
    crate::harness::until("the job to have its port", || world.read("home/seen").contains("web on 5000").then_some(()));
    world.ok("down");
    let printed = world.mux("import -o - Procfile");
    assert!(printed.out.starts_with("# Made by `mux import` of Procfile."), "{printed:?}");
    world.write("home/notes.txt", "hello world\n");
    assert!(
        world.fails(1, "import notes.txt").contains("cannot tell what notes.txt is of (--from takes one of procfile")
    );
    assert!(world.fails(1, "import nowhere").contains("no file nowhere"));
}

#[test]
fn jobs_are_exported_from_a_file_and_from_the_server() {
    let world = World::new();
    world.write("home/mux.toml", "[job.web]\ncmd = [\"sleep\", \"1000\"]\n[job.db]\ncmd = \"sleep 1000\"\n");
    assert!(world.fails(2, "export --file mux.toml --to systemd").contains("2 files cannot be printed as one (-o DIR"));
    let output = world.mux("export --file mux.toml --to systemd -o units");
    assert_eq!(output.out, "wrote units/db.service\nwrote units/web.service\n", "{output:?}");
    assert!(output.err.contains("web.service: retry_failed"), "{output:?}");
    assert!(world.read("home/units/web.service").contains("/sleep 1000\n"));
    assert!(world.fails(1, "export --file mux.toml --to systemd -o units").contains("is there already"));
    assert!(
        world
            .fails(1, "export --file mux.toml --to sysv wen")
            .contains("no job is called wen in mux.toml; did you mean 'web'?")
    );

    world.ok("run -d --name nap -- sleep 1000");
    let output = world.mux("export nap --to launchd");
    assert!(
        output.out.contains("<string>mux.nap</string>") && output.out.contains("<string>1000</string>"),
        "{output:?}"
    );
    assert!(world.fails(1, "export npa --to launchd").contains("can't find job: npa"));
}

/// An exported init script does what one does, where its tools are.
#[test]
fn an_init_script_starts_tells_and_stops() {
    let world = World::new();
    if world.sh("command -v start-stop-daemon").status != 0 {
        eprintln!("start-stop-daemon is not there: the script is not run");
        return;
    }
    let place = world.place("home");
    world.write("home/mux.toml", "[job.web]\ncmd = ['sh', '-c', 'echo \"$GREETING $1\" > seen; exec sleep 1000', 'x', 'a b $HOME']\nenv = { GREETING = \"it's\" }\n");
    let script = world.mux("export --file mux.toml --to sysv").out;
    let script = script.replace("/var/run/", &format!("{place}/")).replace("/var/log/", &format!("{place}/"));
    world.write("home/web", &script);
    assert_eq!(world.sh("sh ./web status").status, 3);
    assert_eq!(world.sh("sh ./web start").status, 0);
    crate::harness::until("the job", || (world.read("home/seen") == "it's a b $HOME\n").then_some(()));
    assert_eq!(world.sh("sh ./web status").status, 0);
    assert_eq!(world.sh("sh ./web stop").status, 0);
    assert_eq!(world.sh("sh ./web status").status, 3);
    assert_eq!(world.sh("sh ./web").status, 2);
}

#[test]
fn what_is_wrong_is_shown_with_its_line_and_as_json() {
    let world = World::new();
    world.write(
        "home/bad.toml",
        "[job.web]\ncmd = \"no-such-program x\"\n  restrat = \"no\"\n[job.db]\ncmd = \"nosuch; true\"\n",
    );
    let output = world.mux("check bad.toml");
    assert_eq!(output.status, 1);
    let told =
        "bad.toml:3:3: no key is called 'restrat'; did you mean 'restart'?\n  3 |   restrat = \"no\"\n    |   ^\n";
    assert!(output.out.contains(told), "{}", output.out);
    assert!(output.out.contains("bad.toml:5:7: job db: there is no program nosuch\n"), "{}", output.out);
    let output = world.mux("check --json bad.toml");
    let python = "import json,sys; all=json.load(sys.stdin); print(all[0]['line'], all[0]['column'], all[0]['text'])";
    world.write("home/json", &output.out);
    assert_eq!(world.sh(&format!("python3 -c \"{python}\" < json")).out, "3 3   restrat = \"no\"\n", "{output:?}");
    world.write("home/good.toml", "[job.web]\ncmd = \"true\"\n");
    assert_eq!(world.ok("check --json good.toml"), "[]\n");
    world.write("home/more.toml", "[job.web]\ncmd = \"true\"\n");
    assert!(world.mux("check good.toml more.toml").out.contains("two jobs are called web: the other is in "));
}
