//! Files as one finds them in the wild, and what becomes of them.

use super::*;
use crate::base::Period;
use crate::job::{Check, Command, JobSpec, Kind as JobKind, Reload, Restart};

/// What `mux import` makes of a file of this name.
fn imported(name: &str, text: &str) -> (String, Vec<Note>) {
    import(&[input(name, text)]).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn input<'t>(name: &str, text: &'t str) -> Input<'t> {
    let kind = Kind::guess(Path::new(name), text).unwrap_or_else(|| panic!("{name} is not known"));
    let path = Path::new("/srv/app").join(name);
    Input { name: name.to_owned(), path, text, kind, elsewhere: false, env_file: false, home: "/home/me".into() }
}

fn jobs(toml: &str) -> std::collections::BTreeMap<String, JobSpec> {
    let (file, problems) = job::load(toml, Path::new("/srv/app/mux.toml"));
    assert_eq!(problems, [], "{toml}");
    file.jobs
}

fn words(list: &[&str]) -> Command {
    Command::Words(list.iter().map(|word| (*word).to_owned()).collect())
}

#[test]
fn a_procfile_with_its_env() {
    let text = "# as on Heroku\nweb: bundle exec puma -p $PORT\nworker: bundle exec sidekiq -q 'a b'\nrelease: rake db:migrate\n";
    let mut input = input("Procfile", text);
    input.env_file = true;
    let (toml, notes) = import(&[input]).unwrap();
    let jobs = jobs(&toml);
    assert_eq!(jobs["web"].command, Command::Shell("bundle exec puma -p $PORT".into()));
    assert_eq!((jobs["web"].env["PORT"].as_str(), jobs["worker"].env.len()), ("5000", 0));
    assert_eq!(jobs["web"].env_files, [PathBuf::from("-/srv/app/.env")]);
    assert_eq!(jobs["release"].kind, JobKind::Task);
    assert!(notes.iter().any(|note| note.line == 2 && note.text == "$PORT"), "{notes:?}");
    for (bad, why) in [("web bundle", "is not known"), ("web:", "has no command"), ("a: b\n??? \n", "expected NAME")] {
        let kind = Kind::Procfile;
        let input = Input { kind, ..self::input("Procfile", bad) };
        let error = import(&[input]).map(|_| ()).unwrap_err();
        assert!(error.message.contains(why) || why == "is not known", "{error}");
    }
}

const SUPERVISOR: &str = r#"
[unix_http_server]
file=/var/run/supervisor.sock   ; the path
[supervisord]
logfile=/var/log/supervisord.log
[program:gunicorn]
command=/srv/app/venv/bin/gunicorn -c "%(here)s/gunicorn.conf.py" app.wsgi:application
directory=/srv/app
user=www-data
autostart=true
autorestart=true
startsecs=5
startretries=7
stopsignal=QUIT
stopwaitsecs=30
stopasgroup=true
redirect_stderr=true
stdout_logfile=/var/log/gunicorn.log
environment=DJANGO_SETTINGS_MODULE="app.settings",SECRET='a,b',
    LANG=C.UTF-8
priority=10
[program:celery]
process_name=%(program_name)s_%(process_num)02d
command=/srv/app/venv/bin/celery -A app worker -n w%(process_num)d@%%h
numprocs=2
exitcodes=0,2
autorestart=unexpected
priority=20
[program:beat]
command=celery -A app beat --pidfile=%(ENV_RUN_DIR)s/beat.pid
autostart=false
priority=30
[program:plain]
command=/usr/bin/redis-server /etc/redis.conf
numprocs=3
autorestart=false
[group:workers]
programs=celery,beat
priority=5
[eventlistener:mailer]
command=crashmail -m me@example.org
"#;

#[test]
fn supervisor_programs_and_groups() {
    let (toml, notes) = imported("supervisord.conf", SUPERVISOR);
    let jobs = jobs(&toml);
    let names: Vec<&str> = jobs.keys().map(String::as_str).collect();
    assert_eq!(names, ["beat", "celery_00", "celery_01", "gunicorn", "plain"]);
    let gunicorn = &jobs["gunicorn"];
    let command = ["/srv/app/venv/bin/gunicorn", "-c", "/srv/app/gunicorn.conf.py", "app.wsgi:application"];
    assert_eq!(gunicorn.command, words(&command));
    assert_eq!(gunicorn.env["SECRET"], "a,b");
    assert_eq!(gunicorn.env["LANG"], "C.UTF-8", "a line that is further in goes on");
    assert_eq!(gunicorn.policy.restart, Restart::Always);
    assert_eq!((gunicorn.min_uptime, gunicorn.policy.limit), (Period::from_secs(5), 7));
    assert_eq!(gunicorn.stop.to_string(), "QUIT/30s KILL");
    assert_eq!(jobs["celery_01"].command.line(), "/srv/app/venv/bin/celery -A app worker -n w1@%h");
    assert_eq!(jobs["celery_00"].group.as_deref(), Some("workers"));
    assert_eq!(jobs["celery_00"].after, ["gunicorn"], "by priority");
    assert_eq!(jobs["beat"].command, Command::Shell("exec celery -A app beat --pidfile=\"$RUN_DIR\"/beat.pid".into()));
    assert!(!jobs["beat"].boot);
    assert_eq!((jobs["plain"].instances, jobs["plain"].policy.restart), (3, Restart::No));
    for line in [2, 3, 4, 5, 16, 17, 18, 41] {
        assert!(notes.iter().any(|note| note.line == line), "line {line} is not told of: {notes:#?}");
    }
    let told = notes.iter().find(|note| note.text.starts_with("stopasgroup")).unwrap();
    assert_eq!(
        told.to_string(),
        "supervisord.conf:16: stopasgroup=true: mux always ends everything that a job has started"
    );
    let error = import(&[input("s.ini", "[program:x]\ncommand=%(host_node_name)s\n")]).unwrap_err();
    assert!(error.message.contains("s.ini:2: command: mux cannot tell what %(host_node_name)"), "{error}");
}

const PM2: &str = r#"// comments and names without quotes
module.exports = {
  apps: [
    {
      name: 'api server',
      script: './dist/server.js',
      args: ['--port', 3000],
      node_args: '--max-old-space-size=512',
      instances: 2,
      exec_mode: 'cluster',
      max_memory_restart: '300M',
      env: { NODE_ENV: 'development', DEBUG: true },
      env_production: { NODE_ENV: 'production' },
      kill_timeout: 3000,
      min_uptime: '10s',
      max_restarts: 5,
      stop_exit_codes: [0, 3],
      error_file: './logs/err.log',
    },
    { name: "worker", script: "worker.py", autorestart: false, cwd: "/srv/worker", uid: "node", gid: "node" },
    { script: 'npm', args: 'run start', instances: 'max' },
  ],
  deploy: { production: { user: 'node' } },
};
"#;

#[test]
fn pm2_apps_as_javascript_data_and_as_json() {
    let (toml, notes) = imported("ecosystem.config.js", PM2);
    let jobs = jobs(&toml);
    let api = &jobs["api-server"];
    assert_eq!(api.command, words(&["node", "--max-old-space-size=512", "./dist/server.js", "--port", "3000"]));
    assert_eq!((api.instances, api.policy.limit, api.policy.restart), (2, 5, Restart::Always));
    assert_eq!(api.memory_restart, Some(crate::job::Bytes(300 << 20)));
    assert_eq!((api.env["DEBUG"].as_str(), api.stop.to_string().as_str()), ("true", "INT/3s KILL"));
    assert_eq!(api.no_restart.len(), 2);
    assert_eq!(jobs["worker"].command, words(&["python3", "worker.py"]));
    assert_eq!((jobs["worker"].policy.restart, jobs["worker"].user.as_deref()), (Restart::No, Some("node:node")));
    assert_eq!(jobs["npm"].command, words(&["npm", "run", "start"]));
    for (line, text) in
        [(10, "exec_mode"), (13, "env_production"), (18, "error_file"), (21, "instances"), (23, "deploy")]
    {
        let found = notes.iter().any(|note| note.line == line && note.text.starts_with(text));
        assert!(found, "{line} {text}: {notes:#?}");
    }
    let json =
        r#"{"apps": [{"name": "x", "script": "/usr/bin/redis-server", "watch": false, "exec_interpreter": "none"}]}"#;
    assert_eq!(self::jobs(&imported("apps.json", json).0)["x"].command, words(&["/usr/bin/redis-server"]));
}

#[test]
fn pm2_code_is_refused_with_the_way_to_data() {
    let text = "module.exports = {\n  apps: [{ name: 'x', script: 'x.js', env: { P: process.env.P } }],\n}\n";
    let error = import(&[input("ecosystem.config.js", text)]).unwrap_err();
    assert!(error.message.starts_with("ecosystem.config.js:2:49: this is code, not data: process.env.P"), "{error}");
    assert!(error.hint.unwrap().contains("node -p 'JSON.stringify(require(\"/srv/app/ecosystem.config.js\"))'"));
    for (text, why) in
        [("{}", "has no apps"), ("[{}]", "an app has no script"), ("{\"apps\": [3]}", "an app is a table")]
    {
        let error = import(&[input("e.json", text)]).unwrap_err();
        assert!(error.message.contains(why), "{text}: {error}");
    }
}

const NGINX: &str = r#"[Unit]
Description=A high performance web server and a reverse proxy server
Documentation=man:nginx(8)
After=network-online.target remote-fs.target nss-lookup.target
Wants=network-online.target

[Service]
Type=forking
PIDFile=/run/nginx.pid
ExecStartPre=/usr/sbin/nginx -t -q -g 'daemon on; master_process on;'
ExecStartPre=-/bin/mkdir -p /var/cache/%p
ExecStart=/usr/sbin/nginx -g 'daemon on; master_process on;'
ExecReload=/bin/kill -s HUP $MAINPID
ExecStop=-/sbin/start-stop-daemon --quiet --stop --retry QUIT/5 \
    # a comment between
    --pidfile /run/nginx.pid
TimeoutStopSec=5
KillMode=mixed
KillSignal=SIGQUIT
PrivateTmp=true
LimitNOFILE=65536:infinity
LimitCORE=1G
Nice=-5
IOSchedulingClass=best-effort
IOSchedulingPriority=2

[Install]
WantedBy=multi-user.target
"#;

#[test]
fn a_unit_like_nginx_has() {
    let (toml, notes) = imported("nginx.service", NGINX);
    let nginx = &jobs(&toml)["nginx"];
    let line = "/usr/sbin/nginx -t -q -g 'daemon on; master_process on;' && { /bin/mkdir -p /var/cache/nginx || :; } \
                && exec /usr/sbin/nginx -g 'daemon on; master_process on;'";
    assert_eq!(nginx.command, Command::Shell(line.into()));
    assert_eq!(nginx.reload, Reload::Signal(1));
    assert_eq!(nginx.stop.to_string(), "QUIT/5s KILL");
    assert_eq!(nginx.limits["nofile"], "65536:unlimited");
    assert_eq!(nginx.limits["core"], (1u64 << 30).to_string());
    assert_eq!((nginx.nice, nginx.ionice.as_deref()), (Some(-5), Some("best-effort:2")));
    assert_eq!((nginx.policy.restart, nginx.boot), (Restart::No, true));
    assert_eq!(nginx.chdir.as_deref(), Some(Path::new("/")));
    assert!(toml.contains("# A high performance web server"));
    for line in [4, 5, 8, 9, 14, 18, 20] {
        assert!(notes.iter().any(|note| note.line == line), "line {line} is not told of: {notes:#?}");
    }
    assert!(toml.contains("# line 20: PrivateTmp=true: mux walls nothing in"), "{toml}");
}

#[test]
fn a_unit_of_an_instance_with_variables() {
    let text = "[Unit]\nRequires=redis.service\nAfter=redis.service\n[Service]\nType=notify\nUser=app\nGroup=www\n\
                WorkingDirectory=/srv/%i\nEnvironment=\"A=x y\" B=%h/100%% 'C=$D'\nEnvironmentFile=-/etc/default/%p\n\
                EnvironmentFile=/etc/%N.env\nExecStart=/srv/%i/bin/gunicorn --bind ${HOST}:80 $OPTIONS $$5 \"a b\"\n\
                Restart=on-failure\nRestartSec=1min 30s\nStartLimitIntervalSec=0\nTimeoutStartSec=infinity\n\
                SuccessExitStatus=TEMPFAIL 3 SIGUSR1\nUMask=0027\nOOMScoreAdjust=200\nMemoryMax=2G\nEnvironmentFile=\n";
    let redis = "[Service]\nExecStart=/usr/bin/redis-server /etc/redis/redis.conf\nExecStop=/bin/kill -s TERM $MAINPID\nRestart=always\n";
    let (toml, notes) = import(&[input("app@blue.service", text), input("redis.service", redis)]).unwrap();
    let jobs = jobs(&toml);
    let app = &jobs["app-blue"];
    let line = "set -f; exec /srv/blue/bin/gunicorn --bind \"${HOST}\":80 $OPTIONS '$5' 'a b'";
    assert_eq!(app.command, Command::Shell(line.into()));
    assert_eq!((app.env["A"].as_str(), app.env["B"].as_str(), app.env["C"].as_str()), ("x y", "/root/100%", "$D"));
    let files = ["-/etc/default/app", "/etc/app@blue.env"].map(PathBuf::from);
    assert_eq!(app.env_files, files);
    assert_eq!(app.ready, Some(Check::Notify));
    assert_eq!((app.user.as_deref(), app.umask), (Some("app:www"), Some(0o027)));
    assert_eq!(app.needs.iter().map(ToString::to_string).collect::<Vec<_>>(), ["redis"]);
    assert_eq!((app.policy.delay, app.policy.limit), (Period::from_secs(90), 0));
    assert!(app.start_timeout.is_zero() && app.success.len() == 3);
    assert_eq!(jobs["redis"].command, words(&["/usr/bin/redis-server", "/etc/redis/redis.conf"]));
    assert_eq!((jobs["redis"].policy.restart, jobs["redis"].boot), (Restart::Always, false));
    assert!(notes.iter().any(|note| note.text == "no [Install]" && note.file == "redis.service"), "{notes:?}");
    let alone = imported("app@blue.service", text).1;
    assert!(alone.iter().any(|note| note.why == "redis.service is none of the jobs here"), "{alone:?}");
}

#[test]
fn a_user_s_unit_and_a_oneshot() {
    let text = "[Service]\nType=oneshot\nExecStart=%h/bin/a ; %h/bin/b \\; c\nExecStart=-%h/bin/d %H\n[Install]\nWantedBy=default.target\n";
    let (toml, notes) = imported("backup.service", text);
    let job = &jobs(&toml)["backup"];
    assert_eq!(job.kind, JobKind::Task);
    let line = "/home/me/bin/a && /home/me/bin/b ';' c && { /home/me/bin/d %H || :; }";
    assert_eq!(job.command, Command::Shell(line.into()));
    assert_eq!(job.chdir.as_deref(), Some(Path::new("/home/me")));
    assert!(notes.iter().any(|note| note.line == 4 && note.why.contains("%H")), "{notes:?}");
    for (text, why) in [
        ("[Timer]\nOnCalendar=daily\n", "has no [Service]"),
        ("[Service]\nType=simple\n", "has no ExecStart="),
        ("[Service]\nExecStart=/bin/x 'a\n", "a quote or an escape"),
        ("[Service]\nExecStart=/bin/x\nRestartSec=soon\n", "x.service:3: RestartSec=soon: no such time"),
        ("[Service]\nnonsense\n", "x.service:2: expected KEY=VALUE"),
    ] {
        let error = import(&[input("x.service", text)]).unwrap_err();
        assert!(error.message.contains(why), "{text}: {error}");
    }
}

const UPSTART: &str = r#"# a node app
description "my app"
author "me <me@example.org>"

start on (filesystem and net-device-up IFACE=lo
          and started redis)
stop on runlevel [!2345]

respawn
respawn limit 10 5
kill timeout 20
kill signal INT
console log
expect fork
setuid node
setgid www
env NODE_ENV=production
env NAME="a b"   # a comment
chdir /srv/app
limit nofile 1024 4096
nice 5
oom score -500
umask 022
normal exit 0 TERM

pre-start script
    [ -d /var/run/app ] || mkdir -p /var/run/app
    chown node /var/run/app
end script

script
    . /etc/default/app
    exec node server.js --port "$PORT"
end script

post-stop exec rm -f /var/run/app/pid
"#;

#[test]
fn an_upstart_conf() {
    let redis = "exec /usr/bin/redis-server /etc/redis.conf\nstart on runlevel [2345]\nrespawn\n";
    let (toml, notes) = import(&[input("app.conf", UPSTART), input("redis.conf", redis)]).unwrap();
    let jobs = jobs(&toml);
    let app = &jobs["app"];
    let script = "set -e\n(\n[ -d /var/run/app ] || mkdir -p /var/run/app\nchown node /var/run/app\n)\n\
                  . /etc/default/app\nexec node server.js --port \"$PORT\"\n";
    assert_eq!(app.command, Command::Shell(script.into()));
    assert_eq!(
        (app.policy.restart, app.policy.limit, app.policy.reset_after),
        (Restart::Always, 10, Period::from_secs(5))
    );
    assert_eq!(app.stop.to_string(), "INT/20s KILL");
    assert_eq!(
        (app.user.as_deref(), app.umask, app.nice, app.oom_score),
        (Some("node:www"), Some(0o22), Some(5), Some(-500))
    );
    assert_eq!((app.env["NAME"].as_str(), app.limits["nofile"].as_str()), ("a b", "1024:4096"));
    assert_eq!(app.needs.iter().map(ToString::to_string).collect::<Vec<_>>(), ["redis"]);
    assert!(app.boot && app.no_restart.len() == 2);
    assert_eq!(jobs["redis"].command, words(&["/usr/bin/redis-server", "/etc/redis.conf"]));
    for line in [5, 7, 13, 14, 36] {
        assert!(notes.iter().any(|note| note.line == line), "line {line} is not told of: {notes:#?}");
    }
    for (text, why) in [
        ("respawn\n", "has neither exec nor script"),
        ("script\n  x\n", "x.conf:1: script has no end"),
        ("exec x\nkill timeout soon\n", "x.conf:2: kill timeout soon: a number"),
    ] {
        let error =
            import(&[Input { kind: Kind::Upstart, ..input("x.conf", "exec x") }].map(|input| Input { text, ..input }))
                .unwrap_err();
        assert!(error.message.contains(why), "{text}: {error}");
    }
}

#[test]
fn what_a_file_is_of_is_guessed() {
    for (name, text, kind) in [
        ("Procfile.dev", "", Some(Kind::Procfile)),
        ("x", "web: a\nworker: b\n", Some(Kind::Procfile)),
        ("x.conf", "[program:x]\n", Some(Kind::Supervisor)),
        ("x.conf", "exec x\n", Some(Kind::Upstart)),
        ("x", "[Service]\n", Some(Kind::Systemd)),
        ("x", "module.exports = {}", Some(Kind::Pm2)),
        ("x.txt", "hello world\n", None),
        ("empty", "", None),
    ] {
        assert_eq!(Kind::guess(Path::new(name), text), kind, "{name} {text:?}");
    }
    assert_eq!("cron".parse::<Kind>().unwrap_err().hint.unwrap(), "one of procfile, supervisor, pm2, systemd, upstart");
}

#[test]
fn a_job_runs_where_its_file_lies_also_when_the_result_lies_elsewhere() {
    let mut input = input("Procfile", "web: ./run\n");
    (input.elsewhere, input.env_file) = (true, true);
    let toml = import(&[input]).unwrap().0;
    let (file, _) = job::load(&toml, Path::new("/elsewhere/mux.toml"));
    assert_eq!(file.jobs["web"].chdir.as_deref(), Some(Path::new("/srv/app")));
    assert_eq!(file.jobs["web"].env_files, [PathBuf::from("-/srv/app/.env")]);
}
