"""From a folder of submissions to points: intake, repair, execution, gradebook, reports, feedback."""
