"""kaoping 考评: rules as code for appraisal."""
