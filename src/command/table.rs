//! The table: a row for each command, in alphabetical order of names.

use clap::{ArgMatches, FromArgMatches};

use crate::base::Result;
use crate::model::Reply;

use super::spec::Spec;

macro_rules! table {
    ($($module:ident :: $command:ident),* $(,)?) => {
        /// Every command.
        pub static TABLE: &[Spec] = &[$(Spec::of::<super::$module::$command>()),*];
    };
}

table! {
    attach_session::AttachSession,
    bind_key::BindKey,
    boot::Boot,
    break_pane::BreakPane,
    capture_pane::CapturePane,
    check::Check,
    choose_buffer::ChooseBuffer,
    choose_client::ChooseClient,
    choose_command::ChooseCommand,
    choose_job::ChooseJob,
    choose_tree::ChooseTree,
    clear_history::ClearHistory,
    clock_mode::ClockMode,
    command_prompt::CommandPrompt,
    config::Config,
    confirm_before::ConfirmBefore,
    copy_mode::CopyMode,
    delete_buffer::DeleteBuffer,
    detach_client::DetachClient,
    display_menu::DisplayMenu,
    display_message::DisplayMessage,
    display_panes::DisplayPanes,
    doctor::Doctor,
    down::Down,
    env::Env,
    export::Export,
    find_window::FindWindow,
    has_session::HasSession,
    help::Help,
    hints::Hints,
    history::History,
    if_shell::IfShell,
    import::Import,
    join_pane::JoinPane,
    keys::Keys,
    kill_pane::KillPane,
    kill_server::KillServer,
    kill_session::KillSession,
    kill_window::KillWindow,
    last_pane::LastPane,
    last_window::LastWindow,
    list_buffers::ListBuffers,
    list_clients::ListClients,
    list_commands::ListCommands,
    list_keys::ListKeys,
    list_panes::ListPanes,
    list_sessions::ListSessions,
    list_windows::ListWindows,
    logs::Logs,
    motd::Motd,
    move_window::MoveWindow,
    new_session::NewSession,
    new_window::NewWindow,
    next_layout::NextLayout,
    next_window::NextWindow,
    paste_buffer::PasteBuffer,
    pause::Pause,
    pipe_pane::PipePane,
    previous_layout::PreviousLayout,
    previous_window::PreviousWindow,
    ps::Ps,
    refresh_client::RefreshClient,
    reload::Reload,
    rename_session::RenameSession,
    rename_window::RenameWindow,
    reset::Reset,
    resize_pane::ResizePane,
    resize_window::ResizeWindow,
    respawn_pane::RespawnPane,
    respawn_window::RespawnWindow,
    restart::Restart,
    restore::Restore,
    resume::Resume,
    rm::Rm,
    rotate_window::RotateWindow,
    run::Run,
    run_shell::RunShell,
    save_layout::SaveLayout,
    select_layout::SelectLayout,
    select_pane::SelectPane,
    select_window::SelectWindow,
    send_keys::SendKeys,
    send_prefix::SendPrefix,
    server::Server,
    set_buffer::SetBuffer,
    set_environment::SetEnvironment,
    set_hook::SetHook,
    set_option::SetOption,
    show_buffer::ShowBuffer,
    show_environment::ShowEnvironment,
    show_hooks::ShowHooks,
    show_messages::ShowMessages,
    show_options::ShowOptions,
    signal::Signal,
    source_file::SourceFile,
    split_window::SplitWindow,
    start::Start,
    start_server::StartServer,
    status::Status,
    stop::Stop,
    suspend_client::SuspendClient,
    swap_pane::SwapPane,
    swap_window::SwapWindow,
    switch_client::SwitchClient,
    top::Top,
    unbind_key::UnbindKey,
    up::Up,
    wait::Wait,
    wait_for::WaitFor,
    why::Why,
}

/// The answer of a command that needs no server.
pub(super) fn answer_here(name: &str, matches: &ArgMatches) -> Reply {
    let text = match name {
        "help" => parsed(matches, |command: super::help::Help| command.text()),
        "list-commands" => parsed(matches, |command: super::list_commands::ListCommands| command.text()),
        _ => Err(crate::base::Error::internal(format!("{name} needs a server"))),
    };
    text.map_or_else(Reply::error, Reply::text)
}

fn parsed<C: FromArgMatches>(matches: &ArgMatches, text: impl FnOnce(C) -> Result<String>) -> Result<String> {
    C::from_arg_matches(matches).map_err(|error| crate::base::Error::internal(error.to_string())).and_then(text)
}
