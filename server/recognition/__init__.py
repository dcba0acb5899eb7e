"""What a centre acknowledges in its volunteers: papers about hours and their verification, medals, assessments."""
