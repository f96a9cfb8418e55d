pub mod packet;
pub mod readiness;
